using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Serving.Tests.Hosts;
using Nabla.Training;

namespace Nabla.Serving.Tests.Page;

/// <summary>Models that have learnt something, so that what a person sees makes sense.</summary>
internal static class TrainedModels
{
    private const int Samples = 8000;

    private static readonly Lazy<SavedModel> TrainedDigits = new(TrainDigits);
    private static readonly Lazy<SavedModel> TrainedIris = new(TrainIris);

    public static SavedModel Digits => TrainedDigits.Value;

    public static SavedModel Iris => TrainedIris.Value;

    private static SavedModel TrainDigits()
    {
        Dataset<Sample> samples = Mnist.Load(Nabla.Tests.Repository.PathOf("data/mnist")).Train.ToDataset().Take(Samples);
        Sequential network = new([28, 28, 1], 1, new Flatten(), new Dense(64, ActivationKind.Relu), new Dense(10, ActivationKind.Softmax));
        new Trainer(network, new SparseCategoricalCrossEntropy(), new Adam(0.002)).Fit(samples, options: new FitOptions { Epochs = 4, BatchSize = 64, Seed = 1 });
        return new SavedModel("digits", network)
        {
            Labels = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")],
            Preprocessing = new ModelPreprocessing(Image: new ImagePreprocessing { Height = 28, Width = 28, Channels = 1 }),
        };
    }

    private static SavedModel TrainIris()
    {
        SavedModel iris = TestModels.Table();
        Dataset<Sample> rows = iris.Preprocessing!.Table!.Apply(CsvTable.Read(Nabla.Tests.Repository.PathOf("docs/data/iris.csv"))).ToDataset();
        new Trainer(iris.Network, new SparseCategoricalCrossEntropy(), new Adam(0.05)).Fit(rows, options: new FitOptions { Epochs = 40, BatchSize = 32, Seed = 1 });
        return iris;
    }
}
