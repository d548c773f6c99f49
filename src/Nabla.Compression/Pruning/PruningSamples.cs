using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;

namespace Nabla.Compression;

/// <summary>Samples that say what a network loses when something is taken away.</summary>
/// <param name="Loss">How wrong answers are.</param>
/// <param name="Samples">Inputs with targets.</param>
public sealed record PruningSamples(Loss Loss, Dataset<Sample> Samples)
{
    /// <summary>How many batches are looked at, at most; 1 or more.</summary>
    public int Batches { get; init => field = Limits.AtLeast(1, value, nameof(Batches)); } = 16;

    /// <summary>The samples of a batch; 1 or more.</summary>
    public int BatchSize { get; init => field = Limits.AtLeast(1, value, nameof(BatchSize)); } = 64;

    /// <summary>The gradient of the loss of each batch with respect to parameters, of the network in use.</summary>
    /// <exception cref="ArgumentException">There are no samples, one has no target, or the shapes do not fit.</exception>
    internal IEnumerable<Tensor[]> Gradients(Sequential network, IReadOnlyList<Parameter> parameters)
    {
        int count = 0;
        foreach (Batch batch in Samples.Batch(BatchSize).Take(Batches).Epoch(0))
        {
            count++;
            Tensor targets = batch.Targets ?? throw new ArgumentException("Samples that judge what counts expect a target each, got one without.");
            yield return Transforms.Gradients.ValueAndGradient(
                () => Loss.PerSample(network.Forward(batch.Input), targets).Mean(), [.. parameters.Select(parameter => parameter.Value)]).Gradients;
        }

        if (count == 0)
        {
            throw new ArgumentException("Expected samples that judge what counts, got none.");
        }
    }
}
