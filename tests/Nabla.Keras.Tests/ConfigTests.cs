using System.IO.Compression;
using System.Text.Json.Nodes;
using Nabla.Keras.Layers;
using Nabla.Layers;

namespace Nabla.Keras.Tests;

/// <summary>What a configuration becomes, in the spellings of all versions, and what is refused.</summary>
public sealed class ConfigTests
{
    /// <summary>Configurations that Keras 2.2.4 itself wrote; the numbers of their weights are those of the published models.</summary>
    [Theory]
    [InlineData("mobilenet_v2", 2_619_461, 5)]
    [InlineData("inception_v3", 22_360_869, 5)]
    public void A_configuration_that_Keras_wrote_becomes_its_network(string name, long weights, int classes)
    {
        using GZipStream stream = new(File.OpenRead(Golden.PathOf($"{name}.json.gz")), CompressionMode.Decompress);
        KerasArchitecture architecture = KerasModelReader.Read(JsonNode.Parse(stream)!["model_config"], given: null);
        Sequential network = new(architecture.Input, seed: 0, LayerCatalogue.Create(architecture.Layers, (_, type) => Tensor.Zeros(type.Shape)));
        Assert.Equal(weights, network.ParameterCount);
        Assert.Equal([classes], network.OutputShape);
    }

    [Fact]
    public void The_shape_of_the_input_stands_in_many_places()
    {
        const string dense = """{"class_name": "Dense", "config": {"name": "d", "units": 2, SHAPE}}""";
        Assert.Equal([3], InputOf($$$"""{"class_name": "Sequential", "config": [{{{dense.Replace("SHAPE", "\"batch_input_shape\": [null, 3]", StringComparison.Ordinal)}}}]}"""));
        string open = dense.Replace(", SHAPE", string.Empty, StringComparison.Ordinal);
        Assert.Equal([3], InputOf($$$"""{"class_name": "Sequential", "config": {"name": "m", "layers": [{{{open}}}], "build_input_shape": [null, 3]}}"""));
        Assert.Equal([3], InputOf($$$"""{"class_name": "Sequential", "config": {"name": "m", "layers": [{{{open}}}]}, "build_config": {"input_shape": [4, 3]}}"""));
        string given = $$$"""{"class_name": "Sequential", "config": {"name": "m", "layers": [{{{open}}}]}}""";
        Assert.Equal([3], KerasModelReader.Read(JsonNode.Parse(given), [3]).Input);
        Assert.Contains("Sequential 'm' (the shape of its input is not said: give one)", Refused(given), StringComparison.Ordinal);
        string variable = dense.Replace("SHAPE", "\"batch_input_shape\": [null, null, 3]", StringComparison.Ordinal);
        Assert.Contains("leaves a size open: give the shape of one input", Refused(Sequential(variable)), StringComparison.Ordinal);
    }

    [Fact]
    public void All_layers_that_are_missing_are_named_at_once()
    {
        string message = Refused(Sequential(
            """{"class_name": "Lambda", "config": {"name": "code", "function": ["4wEAAAAA", null, null], "batch_input_shape": [null, 3]}}""",
            """{"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "ConvLSTM2D", "config": {"name": "films"}}]}}""",
            """{"class_name": "Dense", "config": {"name": "own"}, "module": "my.layers", "registered_name": "my>Dense"}""",
            """{"class_name": "Dense", "config": {"name": "own2"}, "registered_name": "my>Dense"}""",
            """{"class_name": "__class__", "config": {"name": "x"}}"""));
        Assert.Contains("Lambda 'code' (holds code, which is never run)", message, StringComparison.Ordinal);
        Assert.Contains("ConvLSTM2D 'films' (there is no such layer)", message, StringComparison.Ordinal);
        Assert.Contains("Dense 'own' (a class of one's own, my>Dense, whose code is never run)", message, StringComparison.Ordinal);
        Assert.Contains("Dense 'own2'", message, StringComparison.Ordinal);
        Assert.Contains("__class__ 'x' (there is no such layer)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Conv2D", "\"filters\": 2, \"kernel_size\": [3, 3], \"data_format\": \"channels_first\"", "data_format = \"channels_first\": images are channels last here")]
    [InlineData("LSTM", "\"units\": 2, \"recurrent_activation\": \"hard_sigmoid\"", "gates are sigmoid here")]
    [InlineData("LSTM", "\"units\": 2, \"recurrent_activation\": \"sigmoid\", \"stateful\": true", "stateful = true")]
    [InlineData("GRU", "\"units\": 2, \"recurrent_activation\": \"sigmoid\", \"go_backwards\": true, \"return_sequences\": true", "not in reverse")]
    [InlineData("BatchNormalization", "\"axis\": 1", "only the last axis can be taken")]
    [InlineData("Embedding", "\"input_dim\": 3, \"output_dim\": 2, \"mask_zero\": true", "mask_zero = true")]
    [InlineData("Dense", "\"units\": 2, \"activation\": \"hard_sigmoid\"", "activation \"hard_sigmoid\" is none of linear, relu")]
    [InlineData("Dense", "\"units\": 2, \"activation\": {\"class_name\": \"function\", \"module\": \"my.code\", \"config\": \"relu\"}", "is none of linear")]
    [InlineData("Dense", "\"units\": 2, \"activation\": {\"class_name\": \"__lambda__\", \"config\": {\"value\": \"4wEAAAAA\"}}", "is none of linear")]
    [InlineData("Dense", "\"units\": \"2\"", "expected 'units' to be a whole number, got \"2\"")]
    [InlineData("Dense", "\"units\": 2, \"new_option\": 7", "option new_option = 7 is not known")]
    [InlineData("Dense", "\"units\": 99999999999", "expected 'units' to be a whole number")]
    [InlineData("Dense", "\"units\": 2, \"kernel_regularizer\": {\"class_name\": \"OrthogonalRegularizer\", \"config\": {}}", "one of L1, L2, L1L2")]
    [InlineData("Dropout", "\"rate\": 2", "a probability")]
    [InlineData("Reshape", "\"target_shape\": [7, 7]", "samples of as many elements")]
    public void What_does_not_map_is_refused_with_the_layer_and_the_reason(string className, string options, string expected)
    {
        string message = Refused(Sequential($$$"""{"class_name": "{{{className}}}", "config": {"name": "it", "batch_input_shape": [null, 4, 4, 3], {{{options}}}}}"""));
        Assert.Contains($"{className} 'it' (", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name": "a", "class_name": "Dense", "config": {"name": "a", "units": 1}, "inbound_nodes": [[["x", 0, 0, {}]], [["x", 0, 0, {}]]]}""", "called 2 times")]
    [InlineData("""{"name": "a", "class_name": "Dense", "config": {"name": "a", "units": 1}, "inbound_nodes": [[["a", 0, 0, {}]]]}""", "called in a circle")]
    [InlineData("""{"name": "a", "class_name": "Dense", "config": {"name": "a", "units": 1}, "inbound_nodes": [[["x", 0, 1, {}]]]}""", "another output than the first one of 'x'")]
    [InlineData("""{"name": "a", "class_name": "Dense", "config": {"name": "a", "units": 1}, "inbound_nodes": [[["y", 0, 0, {}]]]}""", "there is no layer 'y'")]
    [InlineData("""{"name": "a", "class_name": "Dense", "config": {"name": "a", "units": 1}, "inbound_nodes": 7}""", "called 0 times")]
    [InlineData("""{"name": "a", "class_name": "Dense", "config": {"name": "a", "units": 1}, "inbound_nodes": [[["x", 0, 0, {"mask": 3}]]]}""", "called with mask = 3")]
    public void A_graph_that_does_not_hold_together_is_refused(string layer, string expected)
    {
        string input = """{"name": "x", "class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 3]}, "inbound_nodes": []}""";
        Assert.Contains(
            expected,
            Refused($$$$"""{"class_name": "Model", "config": {"name": "m", "layers": [{{{{input}}}}, {{{{layer}}}}], "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}}"""),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Several_inputs_or_outputs_are_refused() => Assert.Contains(
        "one is expected",
        Refused("""{"class_name": "Functional", "config": {"name": "m", "layers": [], "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [["a", 0, 0]]}}"""),
        StringComparison.Ordinal);

    [Fact]
    public void Models_within_models_and_layers_within_wrappers_come_over()
    {
        string inner = """{"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "Dense", "config": {"name": "dense", "units": 3, "activation": "leaky_relu"}}]}}""";
        KerasArchitecture architecture = KerasModelReader.Read(JsonNode.Parse(Sequential(
            inner.Replace("\"config\": {\"name\": \"inner\"", "\"config\": {\"batch_input_shape\": [null, 4], \"trainable\": false, \"name\": \"inner\"", StringComparison.Ordinal),
            """{"class_name": "ActivityRegularization", "config": {"name": "penalty", "l1": 0.1, "l2": 0.0}}""")), given: null);
        Sequential network = new(architecture.Input, seed: 1, LayerCatalogue.Create(architecture.Layers));
        Assert.Equal(["inner.dense.0.kernel", "inner.dense.0.bias"], network.State().Keys);
        Assert.Equal("inner.dense.0", architecture.Nodes[0].Children[0].Place);
    }

    [Theory]
    [InlineData("Conv2DTranspose", "conv2d_transpose")]
    [InlineData("LSTM", "lstm")]
    [InlineData("SimpleRNN", "simple_rnn")]
    [InlineData("PReLU", "p_re_lu")]
    [InlineData("BatchNormalization", "batch_normalization")]
    [InlineData("MultiHeadAttention", "multi_head_attention")]
    public void Groups_of_weights_have_the_names_of_classes(string className, string expected) => Assert.Equal(expected, KerasNode.Snake(className));

    private static string Sequential(params string[] layers) => $$$"""{"class_name": "Sequential", "config": {"name": "m", "layers": [{{{string.Join(", ", layers)}}}]}}""";

    private static Shape InputOf(string config) => KerasModelReader.Read(JsonNode.Parse(config), given: null).Input;

    private static string Refused(string config) => Assert.Throws<KerasException>(() => KerasModelReader.Read(JsonNode.Parse(config), given: null)).Message;
}
