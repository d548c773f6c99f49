using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Text.Tests;

/// <summary>Runs the code of docs/recurrent.md.</summary>
public sealed class RecurrentGuideTests
{
    [Fact]
    public void The_network_of_the_guide_passes_over_padding()
    {
        Sequential model = new([100], seed: 1,
            new Embedding(10_000, 128, paddingIndex: 0),
            new Bidirectional(new Lstm(64) { ReturnSequences = true, Dropout = 0.2, RecurrentDropout = 0.2 }),
            new Bidirectional(new Gru(64), BidirectionalMerge.Sum),
            new Dense(2, ActivationKind.Softmax));
        Tensor shorter = Tensor.From([7, 42, 9, 0]).Reshape(1, 4);
        Tensor answer = model.Forward(shorter); // [1, 2]; the 0 at the right is passed over
        Assert.Equal([1, 2], answer.Shape);
        Assert.Equal(model.Forward(shorter.Slice(1, 0, 3)).ToArray<float>(), answer.ToArray<float>());
    }

    [Fact]
    public void States_and_loops_do_what_the_guide_says()
    {
        Lstm layer = new(32);
        layer.Build([20, 8], RandomKey.FromSeed(1));
        Tensor input = RandomKey.FromSeed(2).Normal([4, 20, 8]);
        RecurrentOutput begin = layer.Run(input.Slice(1, 0, 12));
        RecurrentOutput rest = layer.Run(input.Slice(1, 12, 8), begin.State);
        Tensor last = rest.State.Hidden; // that of all 20 steps
        Near(layer.Forward(input), last);

        DecodingState state = new();
        ForwardContext context = ForwardContext.Inference.WithState(state);
        for (int step = 0; step < 20; step++)
        {
            last = layer.Forward(input.Slice(1, step, 1), context);
            state.Advance(1);
        }

        Near(layer.Forward(input), last);
        Tensor decay = Tensor.Scalar(0.9f);
        ScanResult smooth = Scanning.Scan(
            (states, slices) =>
            {
                Tensor mean = (decay * states[0]) + ((1 - decay) * slices[0]);
                return ([mean], [mean]);
            },
            [Tensor.Zeros([4, 8])], [input]);
        Tensor means = smooth.Outputs[0]; // [4, 20, 8]
        Assert.Equal([4, 20, 8], means.Shape);
        Near(input.Slice(1, 0, 1) * 0.1, means.Slice(1, 0, 1));
    }

    [Fact]
    public void Ready_networks_have_the_shapes_of_the_guide()
    {
        Sequential classifier = LstmClassifier.Create(vocabularySize: 10_000, length: 100, classes: 2, seed: 1);
        Sequential translator = RecurrentTranslator.Create(sourceVocabularySize: 8000, targetVocabularySize: 9000, length: 40, seed: 1);
        Assert.Equal([2], classifier.OutputShape);
        Assert.Equal([40, 9000], translator.OutputShape);
    }

    private static void Near(Tensor expected, Tensor actual) =>
        Assert.All(expected.ToArray<float>().Zip(actual.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
}
