using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Keras.Tests;

/// <summary>Small files that other programs wrote.</summary>
internal static class Golden
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);

    /// <summary>Checks that a network gives the outputs of a case for its inputs.</summary>
    public static void Verify(string name, Module network, float tolerance = 2e-5f)
    {
        IReadOnlyDictionary<string, Tensor> expected = Npz.Read(PathOf($"{name}.npz"));
        Tensor output = network.Forward(expected["input"]);
        Assert.Equal(expected["output"].Shape, output.Shape);
        float[] wanted = expected["output"].ToArray<float>();
        float[] got = output.ToArray<float>();
        float scale = Math.Max(1, wanted.Max(Math.Abs));
        Assert.All(wanted.Zip(got), pair => Assert.Equal(pair.First, pair.Second, tolerance * scale));
    }
}
