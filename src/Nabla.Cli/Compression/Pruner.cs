using System.Globalization;
using Nabla.Cli.Commands;
using Nabla.Cli.Recipes;
using Nabla.Compression;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Training;

namespace Nabla.Cli.Compression;

/// <summary>Makes a saved model smaller, and trains what is left further.</summary>
internal sealed class Pruner(SavedModel model, TuningData data, PruneSettings settings)
{
    private const int JudgingSamples = 2000;

    // How often gradual pruning chooses anew, where there are as many steps.
    private const int Choices = 100;

    /// <summary>Prunes and trains.</summary>
    /// <param name="callbacks">Follow training.</param>
    /// <param name="cancellationToken">Ends training.</param>
    /// <exception cref="UsageException">What was asked for cannot be done with this model.</exception>
    /// <exception cref="ArgumentException">Nor with its network.</exception>
    public PruneResult Run(IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken) =>
        settings.IsOfWeights ? PruneWeights(callbacks, cancellationToken) : PruneLayers(callbacks, cancellationToken);

    /// <summary>How the model judges when a share of one layer alone is gone, by the first score.</summary>
    public IReadOnlyList<SensitivityPoint> Scan()
    {
        Trainer judge = CreateTrainer(model.Network);
        string score = ScoreOf(model);
        return SensitivityScan.Run(
            model.Network, settings.IsOfWeights ? ScanKind.Weights : ScanKind.Channels, () => judge.Evaluate(data.Test)[score]);
    }

    /// <summary>The score that people look at first.</summary>
    public static string ScoreOf(SavedModel model) => Question.Of(model).CreateMetrics()[0].Name;

    private PruneResult PruneWeights(IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        WeightPruning pruning = WeightPruning.Apply(model.Network, new WeightPruningOptions
        {
            Importance = settings.Method == PruneSettings.Movement ? WeightImportance.Movement : WeightImportance.Magnitude,
            Global = settings.Global,
            Targets = Targets,
        });
        if (settings.Method == PruneSettings.Magnitude)
        {
            pruning.Prune(settings.Sparsity);
            Train(model.Network, callbacks, cancellationToken);
        }
        else
        {
            GradualPruning gradual = new(pruning, settings.Sparsity) { Frequency = Math.Max(1, settings.Training.StepsOver(data.Train) / Choices) };
            Train(model.Network, [gradual, .. callbacks], cancellationToken);
        }

        IReadOnlyList<LeftLayer> left = pruning.Left;
        pruning.MakePermanent();
        return new PruneResult(model, [.. pruning.TargetNames.Select(Zeros)], left);
    }

    private PruneResult PruneLayers(IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        PruneResult result = settings.Method switch
        {
            PruneSettings.Layers => Shorten(),
            PruneSettings.Factorize => Factorize(),
            _ => PruneChannels(),
        };
        Train(result.Model.Network, callbacks, cancellationToken);
        return result;
    }

    private PruneResult PruneChannels()
    {
        PrunedNetwork pruned = StructuredPruning.Apply(model.Network, new StructuredPruningOptions
        {
            Keep = settings.Keep,
            Budget = settings.Budget,
            Importance = settings.Importance,
            MultipleOf = settings.MultipleOf,
            Targets = Targets,
            Samples = new PruningSamples(Question.Of(model).CreateLoss(), data.Train.Shuffle(settings.Training.Seed)),
        });
        return new PruneResult(
            model with { Network = pruned.Network },
            [.. pruned.Layers.Select(layer => new ChangedLayer(layer.Name, layer.Kind, $"{layer.After:N0} of {layer.Before:N0} {layer.What}"))],
            pruned.Left);
    }

    private PruneResult Shorten()
    {
        Dataset<Sample> judging = data.Train.Shuffle(settings.Training.Seed).Take(JudgingSamples);
        ShortenedNetwork shorter = LayerPruning.Apply(model.Network, settings.Keep, network => CreateTrainer(network).Evaluate(judging)["loss"]);
        return new PruneResult(model with { Network = shorter.Network }, [.. shorter.Removed.Select(name => new ChangedLayer(name, "", "is gone"))], shorter.Left);
    }

    private PruneResult Factorize()
    {
        FactorizedNetwork factorized = LowRankFactorization.Apply(model.Network, new LowRankOptions { Energy = settings.Energy, Targets = Targets });
        return factorized.Layers.Count > 0
            ? new PruneResult(
                model with { Network = factorized.Network },
                [
                    .. factorized.Layers.Select(layer => new ChangedLayer(
                        layer.Name,
                        layer.Kind,
                        string.Create(CultureInfo.InvariantCulture, $"rank {layer.Rank}, {layer.MultiplyAddsAfter:N0} of {layer.MultiplyAddsBefore:N0} multiply-adds"))),
                ],
                factorized.Left)
            : throw new UsageException(string.Create(
                CultureInfo.InvariantCulture,
                $"No layer of '{model.Name}' becomes cheaper with {settings.Energy:P0} of its energy: {string.Join("; ", factorized.Left.Select(left => $"{left.Name}: {left.Reason}"))}."));
    }

    private IReadOnlyList<string> Targets => settings.Targets.Count > 0 ? settings.Targets : ["*"];

    private void Train(Sequential network, IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken) =>
        settings.Training.Fit(CreateTrainer(network), data.Train, data.Test, callbacks, cancellationToken);

    private Trainer CreateTrainer(Sequential network)
    {
        Question question = Question.Of(model);
        return new Trainer(network, question.CreateLoss(), settings.Training.CreateOptimizer(data.Train), question.CreateMetrics());
    }

    private ChangedLayer Zeros(string name)
    {
        Tensor weight = model.Network.State()[name];
        double zeros = weight.Equal(0).To(DataType.Float32).Mean().ToDouble();
        return new ChangedLayer(name, "", string.Create(CultureInfo.InvariantCulture, $"{zeros:P1} zeros"));
    }
}
