namespace Nabla.Metrics;

/// <summary>How much each row of a batch counts: as much as the sample that it belongs to.</summary>
internal readonly struct SampleWeights
{
    private readonly double[]? weights;
    private readonly int rowsPerSample;

    /// <param name="metric">Who asks, for errors.</param>
    /// <param name="weights">One for each sample; null when all count 1.</param>
    /// <param name="outputs">The outputs, <c>[batch, ...]</c>.</param>
    /// <param name="rows">The rows of the whole batch.</param>
    public SampleWeights(string metric, Tensor? weights, Tensor outputs, int rows)
    {
        int batch = outputs.Rank > 0 ? outputs.Shape[0] : 1;
        if (weights is not null && (weights.Rank != 1 || weights.Shape[0] != batch))
        {
            throw new ArgumentException($"{metric} expects weights [{batch}], one for each sample, but got {weights.Shape}.");
        }

        this.weights = weights?.To(DataType.Float64).ToArray<double>();
        rowsPerSample = Math.Max(1, rows / Math.Max(1, batch));
    }

    public double this[int row] => weights is null ? 1 : weights[row / rowsPerSample];
}
