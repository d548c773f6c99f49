using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.HuggingFace.Tests;

/// <summary>Folders that are damaged, hostile, or of what no network here can do.</summary>
public sealed class BadFolderTests
{
    [Theory]
    [InlineData("bert-base", "model_type", "\"t5\"", "expected 'model_type' to be one of bert, distilbert, gpt2, llama, mistral, qwen2, vit, resnet, got \"t5\"")]
    [InlineData("bert-base", "model_type", "7", "expected 'model_type' to be a text, got 7")]
    [InlineData("bert-base", "hidden_act", "\"snake\"", "expected 'hidden_act' to be one of the activations gelu, ")]
    [InlineData("bert-base", "hidden_size", "1e30", "expected 'hidden_size' to be a whole number from 1 to 1048576, got 1e30")]
    [InlineData("bert-base", "hidden_size", "-1", "got -1")]
    [InlineData("bert-base", "hidden_size", "1.5", "got 1.5")]
    [InlineData("bert-base", "hidden_size", "null", "got nothing")]
    [InlineData("bert-base", "num_hidden_layers", "1000000000", "expected 'num_hidden_layers' to be a whole number from 1 to 1000, got 1000000000")]
    [InlineData("bert-base", "num_attention_heads", "5", "features that 5 heads divide")]
    [InlineData("bert-base", "layer_norm_eps", "0", "expected 'layer_norm_eps' to be a number above 0, got 0")]
    [InlineData("bert-base", "hidden_dropout_prob", "1", "a number from 0 up to 1")]
    [InlineData("bert-base", "position_embedding_type", "\"relative_key\"", "expected 'position_embedding_type' to be 'absolute', as no network here can do otherwise")]
    [InlineData("bert-base", "is_decoder", "true", "expected 'is_decoder' to be false")]
    [InlineData("bert-base", "architectures", "[\"BertForNextSentencePrediction\"]", "expected 'architectures' to be one of BertModel, BertForSequenceClassification")]
    [InlineData("bert-base", "architectures", "[1]", "a list of texts")]
    [InlineData("bert-base", "vocab_size", "59", "got 60")]
    [InlineData("bert-sequence", "id2label", "{\"0\": \"a\", \"7\": \"b\"}", "expected 'id2label' to be the names of classes 0 to 1")]
    [InlineData("gpt2", "scale_attn_by_inverse_layer_idx", "true", "scale_attn_by_inverse_layer_idx")]
    [InlineData("gpt2", "add_cross_attention", "true", "add_cross_attention")]
    [InlineData("llama", "rope_scaling", "{\"type\": \"yarn\", \"factor\": 2}", "expected 'type' to be one of default, linear, llama3, got \"yarn\"")]
    [InlineData("llama", "rope_scaling", "[]", "expected 'rope_scaling' to be an object")]
    [InlineData("llama", "num_key_value_heads", "3", "key-value heads that divide")]
    [InlineData("llama", "head_dim", "7", "an even size for rotary positions")]
    [InlineData("vit", "patch_size", "5", "expected 'patch_size' to be a divisor of the image's 16 rows and columns, got 5")]
    [InlineData("vit", "image_size", "1000000", "expected 'image_size' to be a whole number from 1 to 16384")]
    [InlineData("resnet-basic", "depths", "[1]", "expected 'depths' to be as many numbers as 'hidden_sizes' has, 2")]
    [InlineData("resnet-basic", "depths", "[600, 600]", "at most 1000 blocks")]
    [InlineData("resnet-basic", "layer_type", "\"cube\"", "expected 'layer_type' to be basic or bottleneck, got \"cube\"")]
    public void An_option_that_does_not_fit_is_refused_by_its_name(string name, string field, string json, string expected)
    {
        using TemporaryFolder target = new();
        string message = Refused(target.Changed(name, (field, json)));
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_surplus_and_misfitting_tensors_are_listed_with_their_shapes()
    {
        using TemporaryFolder target = new();
        string folder = target.Changed("bert-sequence", ("num_hidden_layers", "1"));
        Dictionary<string, Tensor> tensors = new(StoredWeights.Read(folder).Tensors);
        tensors.Remove("bert.embeddings.LayerNorm.bias");
        tensors["classifier.weight"] = Tensor.Zeros([3, 31]);
        tensors["classifier.bias"] = Tensor.Zeros([3], DataType.Int32);
        Safetensors.Write(Path.Combine(folder, "model.safetensors"), tensors);
        string message = Refused(folder);
        Assert.Contains("model.safetensors: expected the tensors of BertForSequenceClassification: ", message, StringComparison.Ordinal);
        Assert.Contains("'bert.embeddings.LayerNorm.bias' [32] is missing", message, StringComparison.Ordinal);
        Assert.Contains("'classifier.weight' is float32 [3, 31] but [3, 32] is expected", message, StringComparison.Ordinal);
        Assert.Contains("'classifier.bias' is int32 [3] but [3] is expected", message, StringComparison.Ordinal);
        Assert.Contains("'bert.encoder.layer.1.attention.self.query.weight' [32, 32] is not known", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bert-base", "hidden_size", "1048576")]
    [InlineData("bert-base", "intermediate_size", "1048576")]
    [InlineData("bert-base", "max_position_embeddings", "16777216")]
    [InlineData("llama", "vocab_size", "16777216")]
    [InlineData("resnet-basic", "hidden_sizes", "[65536, 65536]")]
    public void Absurd_sizes_are_refused_before_memory_is_taken(string name, string field, string json)
    {
        using TemporaryFolder target = new();
        string folder = target.Changed(name, (field, json));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(folder);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    [Theory]
    [InlineData("../secret.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../secret.safetensors")]
    public void An_index_that_points_out_of_its_folder_is_refused(string file)
    {
        using TemporaryFolder target = new();
        Safetensors.Write(target.File("secret.safetensors"), [KeyValuePair.Create("x", Tensor.Ones([1]))]);
        string folder = target.Changed("bert-tokens");
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), $$"""{"weight_map": {"x": "{{file}}"} }""");
        Assert.Contains("expected a file beside the index", Refused(folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "expected a JSON object")]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("{\"model_type\": \"bert\", \"model_type\": \"gpt2\"}", "expected a JSON object")]
    [InlineData("{\"model_type\": \"bert\"", "expected a JSON object")]
    [InlineData("null", "expected a JSON object")]
    [InlineData("{}", "expected 'model_type' to be the kind of the model, got nothing")]
    public void A_damaged_configuration_is_refused(string json, string expected)
    {
        using TemporaryFolder target = new();
        string folder = target.Changed("bert-base");
        File.WriteAllText(Path.Combine(folder, "config.json"), json);
        Assert.Contains(expected, Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_configuration_weights_or_tokenizer_says_what_it_lacks()
    {
        using TemporaryFolder target = new();
        Assert.Throws<FileNotFoundException>(() => AutoModel.FromPretrained(target.ToString()));
        string folder = target.Changed("gpt2");
        File.Delete(Path.Combine(folder, "vocab.json"));
        Assert.Contains("expected a folder with one of vocab.txt", Assert.Throws<InvalidFileException>(() => AutoModel.FromPretrained(folder).Tokenizer).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "model.safetensors"));
        Assert.Contains("model.safetensors, model.safetensors.index.json, pytorch_model.bin", Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_the_family_does_not_have_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => AutoModel.FromPretrained(Folders.PathOf("gpt2"), new PretrainedOptions { Head = PretrainedHead.ImageClassification }));
        Assert.StartsWith("Models of type gpt2 have the heads None, CausalLanguageModel, not ImageClassification.", error.Message, StringComparison.Ordinal);
    }

    private static string Refused(string folder) => Assert.Throws<InvalidFileException>(() => AutoModel.FromPretrained(folder)).Message;
}
