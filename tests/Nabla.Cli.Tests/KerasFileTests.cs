using System.Text.Json;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Files of Keras on the command line.</summary>
public sealed class KerasFileTests : IDisposable
{
    private static readonly string Data = Repository.PathOf("tests/Nabla.Keras.Tests/Data");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_is_inspected_imported_and_exported()
    {
        string file = Path.Combine(Data, "graph.keras");
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", file, "--json").Succeeds().Output).RootElement;
        Assert.Equal("graph", json.GetProperty("name").GetString());
        Cli.Run("import", file, "--out", folder.File("model"), "--name", "taken").Succeeds();
        SavedModel model = ModelFolder.Load(folder.File("model"));
        Assert.Equal("taken", model.Name);
        Cli.Run("export", folder.File("model"), "--to", "keras", "--out", folder.File("back.keras")).Succeeds();
        Cli.Run("compare", folder.File("model"), folder.File("back.keras"), "--runs", "2").Succeeds();
        Assert.Equal(model.Network.State().Values.Sum(tensor => (double)tensor.Sum().ToArray<float>()[0]), Sum(folder.File("back.keras")), 1e-3);
    }

    [Fact]
    public void Weights_alone_are_listed_and_go_into_an_architecture()
    {
        string weights = Path.Combine(Data, "cnn-weights.h5");
        Assert.Contains("conv/conv/kernel:0", Cli.Run("inspect", weights).Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("import", Path.Combine(Data, "cnn.h5"), "--out", folder.File("model")).Succeeds();
        Cli.Run("import", weights, "--architecture", folder.File("model"), "--out", folder.File("again")).Succeeds();
        Assert.Equal(
            ModelFolder.Load(folder.File("model")).Network.State().Values.SelectMany(tensor => tensor.ToArray<float>()),
            ModelFolder.Load(folder.File("again")).Network.State().Values.SelectMany(tensor => tensor.ToArray<float>()));
    }

    [Fact]
    public void A_file_that_is_refused_is_one_line()
    {
        string file = Path.Combine(Data, "hostile/external-link.h5");
        Cli.Run("import", file, "--out", folder.File("model")).FailsWith("external-link.h5", "a link to another file, which is not followed");
        Assert.False(Path.Exists(folder.File("model")));
    }

    private static double Sum(string path) => Nabla.Keras.KerasFile.ReadTensors(path).Values.Sum(tensor => (double)tensor.Sum().ToArray<float>()[0]);
}
