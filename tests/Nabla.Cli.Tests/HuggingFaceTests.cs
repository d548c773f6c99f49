using System.Text.Json;
using Nabla.Formats;
using Nabla.HuggingFace;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class HuggingFaceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_folder_is_described()
    {
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", Source("bert-sequence"), "--json").Succeeds().Output).RootElement;
        Assert.Equal("bert-sequence", json.GetProperty("name").GetString());
        Assert.Equal(["no", "yes", "perhaps"], json.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!));
    }

    [Fact]
    public void A_model_folder_becomes_a_model_that_gives_the_probabilities_of_its_logits()
    {
        Cli.Run("import", Source("vit"), "--out", folder.File("model")).Succeeds();
        SavedModel model = ModelFolder.Load(folder.File("model"));
        SafetensorsFile oracle = Safetensors.Read(Path.Combine(Source("vit"), "oracle.safetensors"));
        float[] found = model.Network.Forward(oracle["images"]).ToArray<float>();
        Assert.All(oracle["logits"].Softmax().ToArray<float>().Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(16, model.Preprocessing!.Image!.Height);
    }

    [Fact]
    public void Two_model_folders_are_compared()
    {
        AutoModel.FromPretrained(Source("resnet-basic")).SavePretrained(folder.File("same"));
        JsonElement json = JsonDocument.Parse(
            Cli.Run("compare", Source("resnet-basic"), folder.File("same"), "--json", "--tolerance", "1e-12").Succeeds().Output).RootElement;
        Assert.Equal(0.0, json.GetProperty("maxDifference").GetDouble());
    }

    private static string Source(string name) => Repository.PathOf($"tests/Nabla.HuggingFace.Tests/Folders/{name}");
}
