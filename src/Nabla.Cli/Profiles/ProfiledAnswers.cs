using System.Diagnostics;
using Nabla.Layers;
using Nabla.Profiling;
using Nabla.Transforms;

namespace Nabla.Cli.Profiles;

/// <summary>Profiles a network that answers as a compiled graph.</summary>
internal static class ProfiledAnswers
{
    // The runtime compiles hot code a second time, after some calls and in the background.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    public static Profile Record(Sequential network, ProfileSettings settings)
    {
        Shape shape = [settings.Batch, .. network.InputShape];
        Tensor input = network.InputType.IsFloating ? RandomKey.FromSeed(1).Uniform(shape).To(network.InputType) : Tensor.Zeros(shape, network.InputType);
        Func<Tensor, Tensor> answer = Compilation.Compile(network.Forward);
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            answer(input);
        }

        return Profiler.Record(() =>
        {
            for (int step = 0; step < settings.Steps; step++)
            {
                answer(input);
            }
        });
    }
}
