using Nabla.Layers;

namespace Nabla.Tests.Layers.Attention;

/// <summary>What tests of Transformer layers have in common.</summary>
internal static class Attended
{
    /// <summary>Asserts that numbers are equal but for rounding.</summary>
    public static void AssertClose(double[] expected, double[] actual, double tolerance = 1e-11)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance * Math.Max(1, Math.Abs(pair.First))));
    }

    /// <summary>What a module gives for sequences in several passes with one state, joined along time.</summary>
    public static Tensor InParts(Module module, Tensor input, params int[] steps)
    {
        DecodingState state = new();
        ForwardContext context = ForwardContext.Inference.WithState(state);
        List<Tensor> outputs = [];
        foreach (int count in steps)
        {
            outputs.Add(module.Forward(input.Slice(1, state.Position, count), context));
            state.Advance(count);
        }

        return ShapeOps.Concatenate(1, [.. outputs]);
    }
}
