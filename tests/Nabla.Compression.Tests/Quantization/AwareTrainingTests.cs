using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Compression.Tests.Quantization;

public sealed class AwareTrainingTests
{
    private static readonly Tensor Inputs = RandomKey.FromSeed(1).Normal([256, 6]);
    private static readonly Tensor Targets = (Inputs.Slice(1, 0, 2).Sum([1]) * Inputs.Slice(1, 2, 1).Reshape(-1)).Tanh().Reshape(-1, 1);

    [Fact]
    public void Training_makes_up_for_coarse_weights_and_the_network_of_bytes_computes_the_same()
    {
        Sequential network = new([6], 1, new Dense(32, ActivationKind.Relu), new Dense(16) { UseBias = false }, new BatchNorm(), new Activation(ActivationKind.Relu), new Dense(1));
        Train(network, 60, 0.01);
        QuantizationOptions coarse = new() { Bits = 2 };
        double before = Loss(Quantizer.Static(network, [Inputs], coarse).Network);
        QuantizationAwareNetwork aware = QuantizationAwareNetwork.Prepare(network, [Inputs], coarse);
        IReadOnlyDictionary<string, Tensor> original = network.State();
        Train(aware.Network, 60, 0.003);
        Assert.All(network.State(), pair => Assert.Same(original[pair.Key], pair.Value));
        QuantizationResult small = aware.Convert();
        Assert.Equal(["0.kernel", "1.kernel", "4.kernel"], small.Quantized);
        Assert.True(Loss(small.Network) < 0.8 * before, $"{Loss(small.Network)} {before}");
        Tensor difference = (small.Network.Forward(Inputs) - aware.Network.Forward(Inputs)).Abs();
        Assert.InRange(difference.Max().ToDouble(), 0, 0.02);
    }

    [Fact]
    public void Ranges_follow_the_data_in_training_alone()
    {
        Sequential network = new([6], 1, new Dense(1));
        QuantizationAwareNetwork aware = QuantizationAwareNetwork.Prepare(network, [Inputs * 0.1]);
        Parameter range = aware.Network.NamedParameters.Single(pair => pair.Key.EndsWith("range0", StringComparison.Ordinal)).Value;
        double narrow = range.Value.Max().ToDouble();
        aware.Network.Forward(Inputs);
        Assert.Equal(narrow, range.Value.Max().ToDouble());
        Train(aware.Network, 1, 0.001);
        Assert.InRange(range.Value.Max().ToDouble(), 1.01 * narrow, Inputs.Max().ToDouble());
    }

    private static void Train(Sequential network, int epochs, double rate) =>
        new Trainer(network, new MeanSquaredError(), new Adam(rate)).Fit(Inputs, Targets, new FitOptions { Epochs = epochs, BatchSize = 32 });

    private static double Loss(Sequential network) => (network.Forward(Inputs) - Targets).Square().Mean().ToDouble();
}
