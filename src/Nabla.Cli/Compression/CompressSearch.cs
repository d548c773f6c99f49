using System.Globalization;
using Nabla.Compression;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Cli.Compression;

/// <summary>
/// Tries combinations: the network as it is, with fewer channels, factorised, or a thinner student, each trained from the model's own answers, and each of
/// these with its numbers as they are, in 16 bits and as bytes. What was trained is kept in a folder, so that a search that was stopped goes on.
/// </summary>
internal sealed class CompressSearch(SavedModel model, TuningData data, CompressSettings settings, TrialFolder kept)
{
    // Kernels compute as many channels at once.
    private const int VectorWidth = 8;
    private const double TeachersShare = 0.5;
    private const int CalibrationBatch = 64;
    private const int CalibrationSamples = 512;
    private static readonly double[] Channels = [0.5, 0.25, 0.125];
    private static readonly double[] Energies = [0.9, 0.75];
    private static readonly double[] Students = [0.25, 0.1];

    /// <summary>What could not be tried, with the reasons.</summary>
    public List<string> Skipped { get; } = [];

    /// <summary>All trials, the model itself first.</summary>
    /// <param name="tried">Is told each trial.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public IReadOnlyList<CompressTrial> Run(Action<CompressTrial> tried, CancellationToken cancellationToken)
    {
        ModelFigures before = ModelFigures.Of(model, data.Test);
        List<CompressTrial> trials = [];
        foreach ((string shape, SavedModel shaped) in Shapes(cancellationToken))
        {
            foreach ((string numbers, SavedModel trial) in Numbers(shape, shaped))
            {
                cancellationToken.ThrowIfCancellationRequested();
                string name = Join(shape, numbers);
                ModelFigures figures = trials.Count == 0 ? before : ModelFigures.Of(trial, data.Test);
                trials.Add(new CompressTrial(name, trial, figures, CompressTrial.DropOf(before.Scores, figures.Scores)));
                tried(trials[^1]);
            }
        }

        return trials;
    }

    private static string Join(string shape, string numbers) => (shape, numbers) switch
    {
        ("", "") => "as it is",
        ("", _) => numbers,
        (_, "") => shape,
        _ => $"{shape} + {numbers}",
    };

    private IEnumerable<(string Name, SavedModel Model)> Shapes(CancellationToken cancellationToken)
    {
        yield return ("", model);
        foreach ((string name, Func<Sequential> make) in Makers())
        {
            if (Shaped(name, make, cancellationToken) is { } shaped)
            {
                yield return (name, shaped);
            }
        }
    }

    private IEnumerable<(string Name, Func<Sequential> Make)> Makers() =>
    [
        .. Channels.Select(keep => (Percent("channels", keep), new Func<Sequential>(() => Prune(keep)))),
        .. Energies.Select(energy => (Percent("factorised", energy), new Func<Sequential>(() => Factorize(energy)))),
        .. Students.Select(share => (Percent("student", share), new Func<Sequential>(() => StudentArchitecture.Shrink(model.Network, share, settings.Training.Seed)))),
    ];

    private static string Percent(string what, double share) => string.Create(CultureInfo.InvariantCulture, $"{what} {share * 100:0.#} %");

    private SavedModel? Shaped(string name, Func<Sequential> make, CancellationToken cancellationToken) =>
        kept.Find(name) ?? (Attempt(name, make) is { } network ? kept.Keep(name, Train(network, cancellationToken)) : null);

    private T? Attempt<T>(string name, Func<T> make)
        where T : class
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            Skipped.Add($"{name}: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}");
            return null;
        }
    }

    private Sequential Prune(double keep) => StructuredPruning.Apply(
        model.Network, new StructuredPruningOptions { Keep = keep, Importance = ChannelImportance.L2, MultipleOf = VectorWidth }).Network;

    private Sequential Factorize(double energy)
    {
        FactorizedNetwork factorized = LowRankFactorization.Apply(model.Network, new LowRankOptions { Energy = energy });
        return factorized.Layers.Count > 0 ? factorized.Network : throw new ArgumentException("No layer would become cheaper.");
    }

    private SavedModel Train(Sequential network, CancellationToken cancellationToken)
    {
        SavedModel changed = model with { Network = network };
        DistillSettings learning = new(new DistillationOptions { Alpha = TeachersShare, Seed = settings.Training.Seed }, settings.Training);
        new StudentTraining(model, data, learning).Distil(changed, [], cancellationToken);
        return changed;
    }

    private IEnumerable<(string Name, SavedModel Model)> Numbers(string shape, SavedModel shaped)
    {
        yield return ("", shaped);
        yield return ("float16", Stored(shaped, StoredType.Float16));
        if (Attempt(Join(shape, "int8"), () => Quantizer.Static(shaped.Network, Calibration())) is { } bytes)
        {
            yield return ("int8", shaped with { Network = bytes.Network });
        }
        else if (Attempt(Join(shape, "dynamic int8"), () => Quantizer.Dynamic(shaped.Network)) is { } rows)
        {
            yield return ("dynamic int8", shaped with { Network = rows.Network });
        }
    }

    // What is judged is what a file holds.
    private static SavedModel Stored(SavedModel model, StoredType floats)
    {
        string folder = Directory.CreateTempSubdirectory("nabla-").FullName;
        try
        {
            string path = Path.Combine(folder, "model");
            ModelFolder.Save(path, model with { Floats = floats });
            return ModelFolder.Load(path) with { Floats = floats };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private IEnumerable<Tensor> Calibration() => data.Train.Take(CalibrationSamples).Batch(CalibrationBatch).Epoch(0).Select(batch => batch.Input);
}
