using System.Text.Json.Nodes;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.HuggingFace.Tests;

/// <summary>Folders that are written back.</summary>
public sealed class SavePretrainedTests
{
    public static TheoryData<string> Names =>
    [
        "bert-sequence", "bert-tokens", "bert-questions", "bert-masked", "bert-base", "distilbert-sequence", "distilbert-masked", "gpt2", "llama", "llama-tied",
        "mistral", "qwen2", "vit", "resnet-basic", "resnet-bottleneck",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_folder_is_written_with_the_tensors_that_PyTorch_wrote(string name)
    {
        using TemporaryFolder target = new();
        string folder = target.File(name);
        AutoModel.FromPretrained(Folders.PathOf(name)).SavePretrained(folder);
        IReadOnlyDictionary<string, Tensor> expected = StoredWeights.Read(Folders.PathOf(name)).Tensors;
        SafetensorsFile written = Safetensors.Read(Path.Combine(folder, "model.safetensors"));
        Assert.Equal(new KeyValuePair<string, string>("format", "pt"), Assert.Single(written.Metadata));
        Assert.Equal(expected.Keys.Order(), written.Keys.Order());
        foreach ((string tensor, Tensor value) in expected)
        {
            Assert.Equal(value.Type, written[tensor].Type);
            Assert.Equal(value.AsBytes(), written[tensor].AsBytes());
        }

        JsonObject before = JsonOf(Folders.PathOf(name));
        Assert.True(JsonNode.DeepEquals(before, JsonOf(folder)), $"{before}\n{JsonOf(folder)}");
        foreach (string file in new[] { "vocab.txt", "vocab.json", "merges.txt", "tokenizer_config.json", "preprocessor_config.json" })
        {
            Assert.Equal(File.Exists(Path.Combine(Folders.PathOf(name), file)), File.Exists(Path.Combine(folder, file)));
        }
    }

    [Fact]
    public void A_model_with_a_new_head_is_written_as_what_it_is_now()
    {
        using TemporaryFolder target = new();
        string folder = target.File("tuned");
        PretrainedModel model = AutoModel.FromPretrained(
            Folders.PathOf("bert-masked"), new PretrainedOptions { Head = PretrainedHead.SequenceClassification, Labels = ["bad", "good"] });
        Assert.Equal(["pooler.kernel", "pooler.bias", "classifier.kernel", "classifier.bias"], model.NewParameters);
        Assert.Contains("cls.predictions.bias", model.UnusedTensors);
        model.SavePretrained(folder);
        model.SavePretrained(folder);
        JsonObject config = JsonOf(folder);
        Assert.Equal("""["BertForSequenceClassification"]""", config["architectures"]!.ToJsonString());
        Assert.Equal("""{"0":"bad","1":"good"}""", config["id2label"]!.ToJsonString());
        PretrainedModel read = AutoModel.FromPretrained(folder);
        Assert.Empty(read.NewParameters);
        Assert.Empty(read.UnusedTensors);
        Assert.Equal(["bad", "good"], read.Labels);
        Tensor ids = Folders.Oracle("bert-masked")["ids"];
        Assert.Equal(model.Network.Forward(ids).ToArray<float>(), read.Network.Forward(ids).ToArray<float>());
    }

    [Fact]
    public void A_tokenizer_of_Llamas_kind_is_written_with_the_model_and_gives_the_same_ids()
    {
        using TemporaryFolder target = new();
        string folder = target.Changed("llama");
        File.Copy(Repository.PathOf("fuzz/corpus/tokenizer-json/byte-fallback-tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
        PretrainedModel model = AutoModel.FromPretrained(folder);
        model.SavePretrained(target.File("saved"));
        PretrainedModel saved = AutoModel.FromPretrained(target.File("saved"));
        Assert.Equal([12, 6, 3, 4, 5, 0, 8, 1, 6, 6], model.Tokenizer.EncodeToIds("the 漢xh<s> "));
        Assert.Equal(model.Tokenizer.EncodeToIds("the 漢xh<s> "), saved.Tokenizer.EncodeToIds("the 漢xh<s> "));
        Assert.Equal("the 漢", saved.Tokenizer.Decode(saved.Tokenizer.EncodeToIds("the 漢")));
    }

    [Fact]
    public void A_folder_with_something_else_in_it_is_left_alone()
    {
        using TemporaryFolder target = new();
        target.Write("tuned/mine.txt", "mine");
        PretrainedModel model = AutoModel.FromPretrained(Folders.PathOf("gpt2"));
        Assert.Throws<IOException>(() => model.SavePretrained(target.File("tuned")));
        Assert.Equal(["mine.txt"], Directory.GetFiles(target.File("tuned")).Select(Path.GetFileName));
    }

    private static JsonObject JsonOf(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
}
