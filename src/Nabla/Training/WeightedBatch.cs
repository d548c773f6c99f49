using System.Globalization;
using Nabla.Data;

namespace Nabla.Training;

/// <summary>A batch with the weight of each sample.</summary>
internal sealed class WeightedBatch
{
    private readonly double[] weights;

    /// <summary>Weighs the samples by what the data and the options say.</summary>
    public WeightedBatch(Batch batch, ClassWeights? classes = null)
    {
        Batch = batch;
        Targets = batch.Targets ?? throw new ArgumentException("Training and evaluation need a target for each sample.");
        weights = batch.Weights?.To(DataType.Float64).ToArray<double>() ?? [.. Enumerable.Repeat(1.0, batch.Count)];
        if (classes is not null)
        {
            double[] ofClass = classes.Of(Targets);
            weights = [.. weights.Select((weight, sample) => weight * ofClass[sample])];
        }

        int odd = Array.FindIndex(weights, weight => !(weight >= 0 && double.IsFinite(weight)));
        Total = odd < 0 ? weights.Sum() : throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture, $"The weight of a sample is a finite number from 0 up, but sample {odd} of a batch has {weights[odd]}."));
    }

    /// <summary>The samples.</summary>
    public Batch Batch { get; }

    /// <summary>What the model should answer.</summary>
    public Tensor Targets { get; }

    /// <summary>The sum of the weights.</summary>
    public double Total { get; }

    /// <summary>The part of each sample in a mean over a total weight, float64 <c>[batch]</c>; zeros when nothing counts.</summary>
    public Tensor Shares(double total) => Tensor.From(Array.ConvertAll(weights, weight => total == 0 ? 0 : weight / total), [weights.Length]);
}
