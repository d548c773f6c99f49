using Nabla.Data;
using Nabla.Formats;
using Nabla.Graphs;
using Nabla.Layers;

namespace Nabla.Serving.Tests.Hosts;

/// <summary>Small models, made on the spot from fixed seeds.</summary>
internal static class TestModels
{
    /// <summary>A convolutional network of small images with ten classes, whose kernels change with the size of a batch.</summary>
    public static SavedModel Digits(long seed = 1) => new(
        "digits",
        new Sequential(
            [12, 12, 1],
            seed,
            new Conv2D(32, 3, ActivationKind.Relu),
            new MaxPool2D(2),
            new Conv2D(32, 3, ActivationKind.Relu),
            new Flatten(),
            new Dense(10, ActivationKind.Softmax)))
    {
        Labels = [.. Enumerable.Range(0, 10).Select(digit => $"digit {digit}")],
    };

    /// <summary>Three classes from four numbers.</summary>
    public static SavedModel Flowers(long seed = 1) => new("flowers", new Sequential([4], seed, new Dense(8, ActivationKind.Relu), new Dense(3, ActivationKind.Softmax)))
    {
        Labels = ["setosa", "versicolor", "virginica"],
    };

    /// <summary>Two inputs with numbers of their own batch, and two outputs: their scaled sum for each row, and both side by side.</summary>
    public static SavedGraph Pair()
    {
        Sequential scale = new([3], seed: 1, new Dense(3));
        GraphInput[] inputs = [new("left", DataType.Float32, "batch", 3), new("right", DataType.Float32, "batch", 3)];
        return new SavedGraph("pair", GraphNetwork.Trace(
            scale, given => [scale.Forward(given[0] + given[1]).Sum([1]), ShapeOps.Concatenate(1, given[0], given[1])], inputs, ["sum", "both"]));
    }

    /// <summary>The columns of the iris table and its three classes.</summary>
    public static SavedModel Table()
    {
        TablePreprocessing table = TablePreprocessing.Fit(CsvTable.Read(Nabla.Tests.Repository.PathOf("docs/data/iris.csv")), "species");
        return new SavedModel("iris", new Sequential([table.InputSize], 1, new Dense(3, ActivationKind.Softmax)))
        {
            Labels = table.Target.Classes,
            Preprocessing = new ModelPreprocessing(Table: table),
        };
    }

    /// <summary>Two classes of short texts.</summary>
    public static SavedModel Reviews()
    {
        TextPreprocessing text = new() { Unit = TextUnit.Word, Length = 6, Vocabulary = [.. TextPreprocessing.SpecialTokens, "good", "bad", "film"] };
        return new SavedModel("reviews", new Sequential([6], 1, new Embedding(5, 4), new Flatten(), new Dense(2, ActivationKind.Softmax)))
        {
            Labels = ["bad", "good"],
            Preprocessing = new ModelPreprocessing(Text: text),
        };
    }

    /// <summary>Numbers between 0 and 1.</summary>
    public static float[] Numbers(int count, int seed = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }
}
