using System.Diagnostics;
using Nabla.Cli.Files;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Profiling;
using Nabla.Transforms;

namespace Nabla.Cli.Profiles;

/// <summary>Profiles a model that answers as a compiled graph.</summary>
internal static class ProfiledAnswers
{
    // The runtime compiles hot code a second time, after some calls and in the background.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    public static Profile Record(SavedModel model, ProfileSettings settings)
    {
        Tensor input = ExampleInput.Of(model, settings.Batch);
        Func<Tensor, Tensor> answer = Compilation.Compile(model.Network.Forward);
        return Record(() => answer(input), settings);
    }

    /// <summary>Sizes that the model leaves open are those of a batch.</summary>
    public static Profile Record(GraphNetwork network, ProfileSettings settings)
    {
        Tensor[] inputs = [.. network.Inputs.Select(input => Example(input.Type, [.. input.Sizes.Select(size => size.Number ?? Math.Min(settings.Batch, size.Largest ?? settings.Batch))]))];
        CompiledFunction answer = Compilation.Compile(network.Compute);
        return Record(() => answer.Invoke(inputs), settings);
    }

    private static Tensor Example(DataType type, Shape shape) =>
        type.IsFloating ? RandomKey.FromSeed(1).Uniform(shape).To(type) : Tensor.Zeros(shape, type);

    private static Profile Record(Action answer, ProfileSettings settings)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            answer();
        }

        return Profiler.Record(() =>
        {
            for (int step = 0; step < settings.Steps; step++)
            {
                answer();
            }
        });
    }
}
