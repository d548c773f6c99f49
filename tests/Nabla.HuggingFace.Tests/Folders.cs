using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.HuggingFace.Tests;

/// <summary>The model folders that <c>make_hugging_face_models.py</c> wrote with PyTorch.</summary>
internal static class Folders
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Folders", name);

    /// <summary>What PyTorch was given and what it computed.</summary>
    public static SafetensorsFile Oracle(string name) => Safetensors.Read(Path.Combine(PathOf(name), "oracle.safetensors"));

    /// <summary>A copy of a folder whose <c>config.json</c> has other values.</summary>
    public static string Changed(this TemporaryFolder target, string name, params (string Field, string Json)[] changes)
    {
        string folder = target.File(name);
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(PathOf(name)).Where(file => Path.GetFileName(file) != "oracle.safetensors"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        string config = Path.Combine(folder, "config.json");
        System.Text.Json.Nodes.JsonObject json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        foreach ((string field, string value) in changes)
        {
            json[field] = System.Text.Json.Nodes.JsonNode.Parse(value);
        }

        File.WriteAllText(config, json.ToJsonString());
        return folder;
    }

    /// <summary>Sees that a model whose weights were not read is the same but for their values, which are zeros.</summary>
    public static void AssertOutlined(PretrainedModel model, PretrainedModel outline)
    {
        Assert.Equal(model.Head, outline.Head);
        Assert.Equal(model.Labels, outline.Labels);
        Assert.Equal(model.UnusedTensors, outline.UnusedTensors);
        Assert.Equal(model.Network.State().Select(pair => (pair.Key, pair.Value.Type)), outline.Network.State().Select(pair => (pair.Key, pair.Value.Type)));
        Assert.All(outline.Network.State().Values, tensor => Assert.DoesNotContain(tensor.ToArray<float>(), value => value != 0));
    }

    public static void AssertNear(Tensor expected, Tensor actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        foreach ((float want, float got) in expected.ToArray<float>().Zip(actual.ToArray<float>()))
        {
            Assert.InRange(Math.Abs(want - got), 0, tolerance * (1 + Math.Abs(want)));
        }
    }
}
