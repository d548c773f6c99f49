using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;

namespace Nabla.HuggingFace.Tests;

/// <summary>What networks of model folders compute, beside what PyTorch computes with the same weights.</summary>
public sealed class OracleTests
{
    [Theory]
    [InlineData("bert-sequence", PretrainedHead.SequenceClassification)]
    [InlineData("bert-tokens", PretrainedHead.TokenClassification)]
    [InlineData("bert-questions", PretrainedHead.QuestionAnswering)]
    [InlineData("bert-masked", PretrainedHead.MaskedLanguageModel)]
    [InlineData("bert-base", PretrainedHead.None)]
    [InlineData("distilbert-sequence", PretrainedHead.SequenceClassification)]
    [InlineData("distilbert-masked", PretrainedHead.MaskedLanguageModel)]
    public void Encoders_compute_what_PyTorch_computes(string name, PretrainedHead head)
    {
        PretrainedModel model = AutoModel.FromPretrained(Folders.PathOf(name));
        Assert.Equal((head, name, 20), (model.Head, model.Name, model.Network.InputShape[0]));
        Folders.AssertOutlined(model, AutoModel.Outline(Folders.PathOf(name)));
        Assert.Empty(model.NewParameters);
        SafetensorsFile oracle = Folders.Oracle(name);
        Tensor ids = oracle["ids"];
        Tensor found = model.Network.Forward(ids);
        Tensor expected = oracle[head == PretrainedHead.None ? "hidden" : "logits"];
        if (expected.Rank == 2)
        {
            Folders.AssertNear(expected, found);
            return;
        }

        // What stands behind the end of a text is nobody's concern.
        Tensor isText = ids.NotEqual(0).To(DataType.Float32).ExpandDimensions(-1);
        Folders.AssertNear(expected * isText, found * isText);
    }

    [Theory]
    [InlineData("gpt2", 16)]
    [InlineData("llama", 64)]
    [InlineData("llama-tied", 64)]
    [InlineData("mistral", 12)]
    [InlineData("qwen2", 64)]
    public void Decoders_compute_what_PyTorch_computes(string name, int length)
    {
        PretrainedModel model = AutoModel.FromPretrained(Folders.PathOf(name));
        Assert.Equal((PretrainedHead.CausalLanguageModel, length), (model.Head, model.Network.InputShape[0]));
        Folders.AssertOutlined(model, AutoModel.Outline(Folders.PathOf(name)));
        SafetensorsFile oracle = Folders.Oracle(name);
        Folders.AssertNear(oracle["logits"], model.Network.Forward(oracle["ids"]));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("qwen2")]
    public void A_decoder_reads_token_by_token_what_it_reads_at_once(string name)
    {
        Sequential network = AutoModel.FromPretrained(Folders.PathOf(name)).Network;
        SafetensorsFile oracle = Folders.Oracle(name);
        Tensor ids = oracle["ids"];
        DecodingState state = new();
        for (int place = 0; place < ids.Shape[1]; place++)
        {
            Tensor step = network.Forward(ids.Slice(1, place, 1), ForwardContext.Inference.WithState(state));
            state.Advance(1);
            Folders.AssertNear(oracle["logits"].Slice(1, place, 1), step);
        }
    }

    [Theory]
    [InlineData("vit", 16)]
    [InlineData("resnet-basic", 33)]
    [InlineData("resnet-bottleneck", 33)]
    public void Image_classifiers_compute_what_PyTorch_computes(string name, int size)
    {
        PretrainedModel model = AutoModel.FromPretrained(Folders.PathOf(name));
        Assert.Equal((PretrainedHead.ImageClassification, size), (model.Head, model.Network.InputShape[0]));
        Assert.Equal(["no", "yes", "perhaps"], model.Labels);
        SafetensorsFile oracle = Folders.Oracle(name);
        Folders.AssertNear(oracle["logits"], model.Network.Forward(oracle["images"]));
    }

    [Fact]
    public void The_gradients_of_a_loss_are_those_of_PyTorch()
    {
        PretrainedModel model = AutoModel.FromPretrained(Folders.PathOf("bert-sequence"));
        SafetensorsFile oracle = Folders.Oracle("bert-sequence");
        KeyValuePair<string, Parameter>[] parameters = [.. model.Network.TrainableParameters];
        Tensor[] values = [.. parameters.Select(pair => pair.Value.Value)];
        (Tensor loss, Tensor[] gradients) = Transforms.Gradients.ValueAndGradient(
            () => new SparseCategoricalCrossEntropy(fromLogits: true).PerSample(model.Network.Forward(oracle["ids"]), oracle["labels"]).Mean(), values);
        Folders.AssertNear(oracle["loss"], loss);
        IReadOnlyDictionary<string, Tensor> named = WeightWriter.Write(
            parameters.Zip(gradients, (pair, gradient) => KeyValuePair.Create(pair.Key, gradient)), NameMap.Of("bert"), "bert.");
        string[] expected = [.. oracle.Keys.Where(key => key.StartsWith("gradient/", StringComparison.Ordinal)).Select(key => key["gradient/".Length..])];
        Assert.Equal(expected.Order(), named.Keys.Order());
        Assert.All(expected, name => Folders.AssertNear(oracle[$"gradient/{name}"], named[name]));
    }
}
