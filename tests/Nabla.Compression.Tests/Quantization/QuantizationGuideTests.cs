using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Compression.Tests.Quantization;

/// <summary>Runs the code of docs/quantization.md.</summary>
public sealed class QuantizationGuideTests
{
    [Fact]
    public void Networks_are_quantised_saved_and_trained()
    {
        using TemporaryFolder temporary = new();
        string folder = temporary.File("small");
        Tensor images = RandomKey.FromSeed(1).Uniform([16, 8, 8, 1]);
        Tensor labels = RandomKey.FromSeed(2).Integers([16], 0, 3);
        Tensor[] batches = [images];
        Sequential network = new(
            [8, 8, 1], 1, new Conv2D(4, 3, ActivationKind.Relu), new MaxPool2D(2), new Flatten(), new Dense(8, ActivationKind.Relu), new Dense(3, ActivationKind.Softmax));
        SavedModel model = new("images", network);

        QuantizationOptions options = new() { Calibration = CalibrationMethod.Entropy, Bits = 8, Excluded = ["3.*"] };
        QuantizationResult small = Quantizer.Static(network, batches, options);
        ModelFolder.Save(folder, model with { Network = small.Network });
        Assert.Equal(["0.kernel", "4.kernel"], small.Quantized);
        Assert.Equal(["3.kernel"], small.Left.Select(left => left.Name));

        QuantizationAwareNetwork aware = QuantizationAwareNetwork.Prepare(network, batches, new QuantizationOptions { Bits = 4 });
        new Trainer(aware.Network, new SparseCategoricalCrossEntropy(), new Adam(1e-4)).Fit(images, labels, new FitOptions { Epochs = 1 });
        QuantizationResult trained = aware.Convert();
        Assert.Equal(3, trained.Quantized.Count);

        QuantizationResult dynamic = Quantizer.Dynamic(network);
        QuantizationResult grouped = Quantizer.WeightOnly(network, new WeightOnlyOptions { Bits = 4, Group = 32 });
        ModelFolder.Save(folder, model with { Network = grouped.Network, Floats = StoredType.BFloat16 });
        Assert.Equal(["3.kernel", "4.kernel"], dynamic.Quantized);
        Assert.Equal(["3.kernel", "4.kernel"], grouped.Quantized);
        Assert.Equal(3, ModelFolder.Load(folder).Network.Forward(images).Shape[1]);
    }
}
