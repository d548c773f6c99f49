using Nabla.Formats;
using Nabla.Layers;
using Nabla.Layers.Initializers;
using Nabla.Tests.Ops;
using Nabla.Transforms;

namespace Nabla.Tests.Layers.Attention;

public sealed class EncoderDecoderTests : IDisposable
{
    private static readonly Tensor Pairs = Tensor.From([3, 4, 5, 6, 2, 7, 8, 0, 4, 5, 0, 0, 2, 6, 0, 0], [2, 2, 4]);

    private readonly TemporaryFolder folder = new();

    public static TheoryData<Layer> Kinds => new()
    {
        new EncoderDecoder(new Chain(Table(), Block()), new Chain(Table(), new LearnedPositions(4), DecoderBlock(), new Dense(9))),
        new EncoderDecoder(Block(), new Chain(new SinusoidalPositions(), DecoderBlock()), Table()),
        new EncoderDecoder(new Chain(Table(), Block()), new TiedEmbedding(Table(), DecoderBlock())),
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Logits_have_the_gradient_of_differences(Layer layer)
    {
        LayerCheck.Built(layer, [2, 4]);
        Assert.Equal([4, 9], layer.OutputShape([2, 4]));
        Assert.Equal([2, 4, 9], layer.Forward(Pairs).Shape);
        Parameter[] parameters = [.. layer.Parameters];
        Tensor[] kept = [.. parameters.Select(parameter => parameter.Value)];
        (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(() => layer.Forward(Pairs).Square().Sum(), kept);
        Assert.Equal(DataType.Float64, value.DataType);
        Tensor[] directions = [.. kept.Select((tensor, index) => GradientCheck.Random(tensor.Shape, index))];
        double slope = gradients.Zip(directions, (gradient, direction) => (gradient * direction).Sum().Item<double>()).Sum();
        double numeric = (Moved(1e-5) - Moved(-1e-5)) / 2e-5;
        Assert.Equal(numeric, slope, 1e-6 * Math.Max(1, Math.Abs(numeric)));

        double Moved(double step)
        {
            for (int index = 0; index < parameters.Length; index++)
            {
                parameters[index].Value = kept[index] + (directions[index] * step);
            }

            return layer.Forward(Pairs).Square().Sum().Item<double>();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Padding_of_source_and_target_changes_nothing(Layer layer)
    {
        LayerCheck.Built(layer, [2, 4]);
        Tensor second = layer.Forward(Pairs).Slice(0, 1, 1).Slice(1, 0, 2);
        Tensor alone = layer.Forward(Pairs.Slice(0, 1, 1).Slice(2, 0, 2));
        Attended.AssertClose(alone.ToArray<double>(), second.ToArray<double>());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Tokens_one_by_one_give_what_one_pass_gives_and_beams_may_branch(Layer layer)
    {
        EncoderDecoder network = (EncoderDecoder)LayerCheck.Built(layer, [2, 4]);
        Tensor pairs = Tensor.From([3, 4, 5, 0, 2, 7, 8, 6, 4, 5, 0, 0, 2, 6, 5, 4], [2, 2, 4]);
        Tensor whole = network.Forward(pairs);
        SequenceMemory memory = network.Encode(pairs.Slice(1, 0, 1).Squeeze(1));
        Tensor target = pairs.Slice(1, 1, 1).Squeeze(1);
        DecodingState state = new();
        ForwardContext context = ForwardContext.Inference.WithState(state);
        List<Tensor> logits = [];
        for (int step = 0; step < 3; step++)
        {
            logits.Add(network.Decode(target.Slice(1, step, 1), memory, context));
            state.Advance(1);
        }

        Attended.AssertClose(whole.Slice(1, 0, 3).ToArray<double>(), ShapeOps.Concatenate(1, [.. logits]).ToArray<double>());
        state.Select(1, 0, 1);
        Tensor branched = network.Decode(target.Slice(1, 3, 1).Gather(0, Tensor.From(1, 0, 1)), memory, context);
        Attended.AssertClose(whole.Slice(1, 3, 1).Gather(0, Tensor.From(1, 0, 1)).ToArray<double>(), branched.ToArray<double>());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_network_gives_the_same_logits(Layer layer)
    {
        Sequential network = new([2, 4], seed: 3, layer);
        ModelFolder.Save(folder.File("model.nabla"), new SavedModel("pairs", network));
        Sequential loaded = ModelFolder.Load(folder.File("model.nabla")).Network;
        Assert.Equal(network.State().Keys, loaded.State().Keys);
        Assert.Equal(network.Forward(Pairs).ToArray<float>(), loaded.Forward(Pairs).ToArray<float>());
        Assert.Equal(DataType.Int32, loaded.InputType);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_table_of_layers_counts_each_multiply_add_once(Layer layer)
    {
        Sequential network = new([2, 4], seed: 3, layer);
        Assert.Equal(layer.MultiplyAdds([2, 4]), network.Summary().MultiplyAdds);
        Assert.Equal(network.ParameterCount, network.Summary().Rows.Sum(row => row.Parameters));
    }

    [Fact]
    public void Parts_with_a_shared_table_have_one_table_and_no_other()
    {
        Sequential network = new([2, 4], seed: 3, new EncoderDecoder(Block(), DecoderBlock(), Table()));
        Assert.Equal("0.embedding.embeddings", Assert.Single(network.State().Keys, name => name.EndsWith("embeddings", StringComparison.Ordinal)));
    }

    [Fact]
    public void Logits_of_a_tied_network_are_products_with_its_vectors()
    {
        TiedEmbedding network = LayerCheck.Built(new TiedEmbedding(Table(), new Dense(4)), [3]);
        Tensor tokens = Tensor.From([1, 5, 8], [1, 3]);
        IReadOnlyDictionary<string, Tensor> state = network.State();
        Tensor table = state["embedding.embeddings"];
        Tensor hidden = table.Gather(0, tokens).MatMul(state["body.kernel"]) + state["body.bias"];
        Attended.AssertClose(hidden.MatMul(table, transposeRight: true).ToArray<double>(), network.Forward(tokens).ToArray<double>());
        Assert.Equal((3L * 4 * 4) + (3 * 4 * 9), network.MultiplyAdds([3]));
    }

    [Fact]
    public void Wrong_inputs_and_parts_are_refused()
    {
        LayerCheck.Refuses<ArgumentException>("[batch, 2, length], sources and targets,", () => new EncoderDecoder(Block(), DecoderBlock(), Table()).OutputShape([4]));
        LayerCheck.Refuses<ArgumentException>(
            "expects a decoder that gives [batch, 5, 4] but it gives [batch, 5, 3]", () => new EncoderDecoder(Block(), new Dense(3), Table()).OutputShape([2, 5]));
        LayerCheck.Refuses<ArgumentException>("as long as its vectors", () => new TiedEmbedding(Table(), new Dense(3)).OutputShape([5]));
    }

    private static Embedding Table() => new(9, 4, paddingIndex: 0) { EmbeddingsInitializer = new RandomNormal(Deviation: 0.5) };

    private static TransformerBlock Block() => new(2, 3);

    private static TransformerBlock DecoderBlock() => new(2, 3) { Causal = true, CrossAttention = true };
}
