using Nabla.Layers;

namespace Nabla.Tests.Layers;

/// <summary>What forward passes over sequences hand from layer to layer.</summary>
public sealed class SequenceContextTests
{
    private static readonly Tensor Tokens = Tensor.From(3, 4, 0, 0, 5, 6, 7, 0, 1, 0, 2, 1).Reshape(3, 4);

    [Fact]
    public void Behind_the_embedding_layers_know_where_each_sequence_ends()
    {
        LengthsProbe probe = new();
        new Sequential([4], seed: 1, new Embedding(9, 3, paddingIndex: 0), new Dropout(0.1), probe).Forward(Tokens);
        Assert.Equal([2, 3, 4], probe.Lengths!.ToArray<int>());
    }

    [Fact]
    public void Lengths_reach_layers_behind_a_chain()
    {
        LengthsProbe probe = new();
        new Sequential([4], seed: 1, new Chain(new Embedding(9, 3, paddingIndex: 0), new Dropout(0.1)), new Chain(probe)).Forward(Tokens);
        Assert.Equal([2, 3, 4], probe.Lengths!.ToArray<int>());
    }

    [Fact]
    public void Lengths_end_where_the_axis_of_time_changes()
    {
        LengthsProbe probe = new();
        new Sequential([4], seed: 1, new Embedding(9, 3, paddingIndex: 0), new MaxPool1D(2), probe).Forward(Tokens);
        Assert.Null(probe.Lengths);
        LengthsProbe full = new();
        new Sequential([4], seed: 1, new Embedding(9, 3), full).Forward(Tokens);
        Assert.Null(full.Lengths);
    }

    [Fact]
    public void A_network_of_tokens_takes_shorter_sequences_but_no_longer_ones()
    {
        Sequential network = new([6], seed: 1, new Embedding(9, 3), new GlobalAveragePool1D());
        Assert.Equal([3, 3], network.Forward(Tokens).Shape);
        ArgumentException error = Assert.Throws<ArgumentException>(() => network.Forward(Tensor.Zeros([1, 7], DataType.Int32)));
        Assert.Contains("[batch, 6]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_keeps_chosen_sequences_in_a_new_order()
    {
        DecodingState state = new();
        Dense module = new(1);
        state.Set(module, Tensor.From(1f, 2f, 3f));
        state.Advance(2);
        state.Select(2, 2, 0);
        Assert.Equal([3f, 3f, 1f], state.Of(module)![0].ToArray<float>());
        Assert.Equal(2, state.Position);
    }

    private sealed class LengthsProbe : Layer
    {
        public Tensor? Lengths { get; private set; }

        public override Shape OutputShape(Shape input) => input;

        public override System.Text.Json.Nodes.JsonObject Describe() => [];

        protected override Tensor Compute(Tensor input, ForwardContext context)
        {
            Lengths = context.Lengths;
            return input;
        }

        protected override void CreateParameters(Shape input, RandomKey key)
        {
        }
    }
}
