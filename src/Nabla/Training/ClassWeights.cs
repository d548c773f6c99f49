using System.Globalization;

namespace Nabla.Training;

/// <summary>
/// How much the samples of each class count in the loss of training: with weight 2 as if each were there twice. A class that is not named
/// counts 1.
/// </summary>
/// <example>
/// <code>
/// FitOptions options = new() { ClassWeights = new([1, 5]) };       // class 0 counts 1, class 1 counts 5
/// FitOptions balanced = new() { ClassWeights = ClassWeights.Balanced(labels) };
/// </code>
/// </example>
public sealed class ClassWeights
{
    private readonly SortedDictionary<int, double> weights;

    /// <summary>Weights of some classes.</summary>
    /// <exception cref="ArgumentException">A class is negative, or a weight is negative or not finite.</exception>
    public ClassWeights(IReadOnlyDictionary<int, double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        this.weights = [];
        foreach ((int label, double weight) in weights)
        {
            this.weights.Add(label, label >= 0 && weight >= 0 && double.IsFinite(weight)
                ? weight
                : throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"A class weight is a finite number from 0 up for a class from 0 up, but class {label} got {weight}.")));
        }
    }

    /// <summary>The weights of all classes in order.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public ClassWeights(IReadOnlyList<double> weights)
        : this(weights.Index().ToDictionary(pair => pair.Index, pair => pair.Item))
    {
    }

    /// <summary>The weights by class.</summary>
    public IReadOnlyDictionary<int, double> Weights => weights;

    /// <summary>Weights that make all classes count the same together: <c>samples / (classes * samples of the class)</c>.</summary>
    /// <param name="labels">The class of each training sample, int32 or int64 <c>[samples]</c>.</param>
    public static ClassWeights Balanced(Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        int[] classes = labels.To(DataType.Int32).ToArray<int>();
        Dictionary<int, int> counts = classes.CountBy(label => label).ToDictionary();
        return new(counts.ToDictionary(pair => pair.Key, pair => (double)classes.Length / (counts.Count * (double)pair.Value)));
    }

    /// <summary>The weight of each sample of a batch, by its class.</summary>
    /// <param name="targets">Classes <c>[batch]</c> or <c>[batch, 1]</c>, or the share of each class <c>[batch, classes]</c>, such as one-hot.</param>
    internal double[] Of(Tensor targets)
    {
        double[] values = targets.To(DataType.Float64).ToArray<double>();
        int classes = targets.Rank == 2 ? targets.Shape[1] : 1;
        return classes == 1
            ? Array.ConvertAll(values, Weight)
            : [.. values.Chunk(classes).Select(shares => shares.Select((share, label) => share * Weight(label)).Sum())];
    }

    private double Weight(double label) => label >= 0 && label == Math.Floor(label)
        ? weights.GetValueOrDefault((int)label, 1)
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"ClassWeights need targets that are classes, but got {label}."));
}
