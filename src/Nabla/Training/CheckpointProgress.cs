using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Optimizers;

namespace Nabla.Training;

/// <summary>How far a run had come, and what must be the same for it to go on. Numbers are written so that they read back to the bit.</summary>
internal sealed record CheckpointProgress
{
    private const string NoBuckets = "none";
    private const string NoGroups = "none";

    public required string Optimizer { get; init; }

    public required double LearningRate { get; init; }

    public required string Groups { get; init; }

    public required IReadOnlyList<string>? Frozen { get; init; }

    public required int Step { get; init; }

    public required long Seed { get; init; }

    public required int BatchSize { get; init; }

    public required string Buckets { get; init; }

    public required int GradientAccumulation { get; init; }

    public required int? Samples { get; init; }

    public required int Batches { get; init; }

    public required int SamplesDone { get; init; }

    public required double LossSum { get; init; }

    public required double WeightSum { get; init; }

    public required double Seconds { get; init; }

    public required bool Stopped { get; init; }

    public required IReadOnlyList<string> Callbacks { get; init; }

    public static CheckpointProgress Of(FitState state) => new()
    {
        Optimizer = state.Trainer.Optimizer.GetType().Name,
        LearningRate = state.Trainer.Optimizer.LearningRate,
        Groups = ParameterGroup.Describe(state.Trainer.Optimizer.Groups),
        Frozen = [.. state.Trainer.Model.NamedParameters.Where(pair => pair.Value is { Learns: true, Trainable: false }).Select(pair => pair.Key)],
        Step = state.Trainer.Optimizer.Step,
        Seed = state.Options.Seed,
        BatchSize = state.Options.BatchSize,
        Buckets = state.Options.Buckets?.Description ?? NoBuckets,
        GradientAccumulation = state.Options.GradientAccumulation,
        Samples = state.Samples,
        Batches = state.Batches,
        SamplesDone = state.Scores.Samples,
        LossSum = state.Scores.LossSum,
        WeightSum = state.Scores.WeightSum,
        Seconds = state.Seconds,
        Stopped = state.Trainer.Stopped,
        Callbacks = [.. state.Stateful.Select(callback => callback.StateName)],
    };

    public string ToJson() => new JsonObject
    {
        ["optimizer"] = Optimizer,
        ["learning_rate"] = LearningRate,
        ["groups"] = Groups,
        ["frozen"] = Frozen is null ? null : Names(Frozen),
        ["step"] = Step,
        ["seed"] = Seed,
        ["batch_size"] = BatchSize,
        ["buckets"] = Buckets,
        ["gradient_accumulation"] = GradientAccumulation,
        ["samples"] = Samples,
        ["batches"] = Batches,
        ["samples_done"] = SamplesDone,
        ["loss_sum"] = LossSum,
        ["weight_sum"] = WeightSum,
        ["seconds"] = Seconds,
        ["stopped"] = Stopped,
        ["callbacks"] = Names(Callbacks),
    }.ToJsonString();

    public static CheckpointProgress Parse(string json, Func<string, Exception> error)
    {
        try
        {
            return Parse(JsonNode.Parse(json)!.AsObject());
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw error($"expected the progress of a training run, got '{json}'");
        }
    }

    /// <summary>Checks that a run is the one that this is the progress of.</summary>
    public void RequireSame(CheckpointProgress run, Func<string, Exception> error)
    {
        Require(Optimizer, run.Optimizer, "the optimizer");
        Require(Groups, run.Groups, "groups of parameters");
        RequireSameFrozen(run, error);
        Require(Seed, run.Seed, "the seed");
        Require(BatchSize, run.BatchSize, "a batch size of");
        Require(Buckets, run.Buckets, "length buckets of");
        Require(GradientAccumulation, run.GradientAccumulation, "a gradient accumulation of");
        Require(Samples, run.Samples, "a number of training samples of");

        void Require<T>(T saved, T now, string what)
        {
            if (!EqualityComparer<T>.Default.Equals(saved, now))
            {
                throw error(string.Create(CultureInfo.InvariantCulture, $"it is of a run with {what} {saved}, but this run has {now}"));
            }
        }
    }

    /// <summary>Puts a run where it was, its model, optimizer and callbacks excepted.</summary>
    public void Restore(FitState state)
    {
        state.Trainer.Optimizer.LearningRate = LearningRate;
        state.Trainer.Stopped = Stopped;
        (state.Batches, state.Seconds) = (Batches, Seconds);
        state.Scores.Restore(LossSum, WeightSum, SamplesDone);
    }

    private static CheckpointProgress Parse(JsonObject json) => new()
    {
        Optimizer = json["optimizer"]!.GetValue<string>(),
        LearningRate = json["learning_rate"]!.GetValue<double>(),
        Groups = json["groups"]?.GetValue<string>() ?? NoGroups,
        Frozen = json["frozen"] is { } frozen ? Names(frozen) : null,
        Step = json["step"]!.GetValue<int>(),
        Seed = json["seed"]!.GetValue<long>(),
        BatchSize = json["batch_size"]!.GetValue<int>(),
        Buckets = json["buckets"]?.GetValue<string>() ?? NoBuckets,
        GradientAccumulation = json["gradient_accumulation"]!.GetValue<int>(),
        Samples = json["samples"]?.GetValue<int>(),
        Batches = json["batches"]!.GetValue<int>(),
        SamplesDone = json["samples_done"]!.GetValue<int>(),
        LossSum = json["loss_sum"]!.GetValue<double>(),
        WeightSum = json["weight_sum"]!.GetValue<double>(),
        Seconds = json["seconds"]!.GetValue<double>(),
        Stopped = json["stopped"]!.GetValue<bool>(),
        Callbacks = Names(json["callbacks"]!),
    };

    private static JsonArray Names(IReadOnlyList<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    private static string[] Names(JsonNode names) => [.. names.AsArray().Select(name => name!.GetValue<string>())];

    // Checkpoints of earlier versions do not say what was frozen.
    private void RequireSameFrozen(CheckpointProgress run, Func<string, Exception> error)
    {
        if (Frozen is null || run.Frozen is null)
        {
            return;
        }

        if (Frozen.Except(run.Frozen).FirstOrDefault() is { } learns)
        {
            throw error($"it is of a run where '{learns}' was frozen, but this run trains it");
        }

        if (run.Frozen.Except(Frozen).FirstOrDefault() is { } stays)
        {
            throw error($"it is of a run that trained '{stays}', but it is frozen in this run");
        }
    }
}
