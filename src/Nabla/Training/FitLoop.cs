using System.Diagnostics;
using Nabla.Data;

namespace Nabla.Training;

/// <summary>Goes through the epochs: steps, validation, callbacks, checkpoints.</summary>
internal sealed class FitLoop
{
    private readonly Trainer trainer;
    private readonly Dataset<Sample> train;
    private readonly Dataset<Batch> batches;
    private readonly Dataset<Sample>? validation;
    private readonly FitOptions options;
    private readonly CancellationToken cancellationToken;
    private readonly FitState state;
    private readonly TrainingStep step;
    private readonly Stopwatch watch = new();

    public FitLoop(Trainer trainer, Dataset<Sample> train, Dataset<Sample>? validation, FitOptions options, CancellationToken cancellationToken)
    {
        (this.trainer, this.train, this.validation, this.options, this.cancellationToken) = (trainer, train, validation, options, cancellationToken);
        Dataset<Batch> inOrder = options.BatchesOf(train);
        batches = options.Prefetch > 0 ? inOrder.Prefetch(options.Prefetch) : inOrder;
        state = new FitState(trainer, options, train.Count);
        step = new TrainingStep(trainer, options, state.Scores);
    }

    public History Run()
    {
        FitCheck.Run(trainer, train, validation, options);
        trainer.Stopped = false;
        options.Resume?.Restore(state);
        Notify(callback => callback.OnTrainingStart(trainer, new(options.Epochs, [.. state.Epochs], train.Count, state.Scores.Samples)));
        try
        {
            RunEpochs();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            SaveCheckpoint(due: true);
            throw new TrainingCanceledException(new History([.. state.Epochs]), trainer.Optimizer.Step, options.Checkpoints?.File, cancellationToken);
        }
        finally
        {
            trainer.Running = null;
        }

        Notify(callback => callback.OnTrainingEnd(trainer));
        return new History([.. state.Epochs]);
    }

    private void RunEpochs()
    {
        while (state.Epochs.Count < options.Epochs && !trainer.Stopped)
        {
            if (state.Batches == 0)
            {
                state.Scores.Reset();
            }

            watch.Restart();
            trainer.Running = state.Scores;
            cancellationToken.ThrowIfCancellationRequested();
            RunSteps(state.Epochs.Count + 1);
            trainer.Running = null;
            FinishEpoch(state.Epochs.Count + 1);
        }
    }

    private void RunSteps(int epoch)
    {
        foreach (Batch[] group in batches.Epoch(epoch, state.Batches).Chunk(options.GradientAccumulation))
        {
            double loss = step.Take(group);
            state.Batches += group.Length;
            BatchResult result = new(epoch, trainer.Optimizer.Step, state.Scores.Samples, train.Count, loss, () => state.Scores.Scores);
            Notify(callback => callback.OnBatchEnd(trainer, result));
            SaveCheckpoint(due: options.Checkpoints is { EverySteps: > 0 } plan && trainer.Optimizer.Step % plan.EverySteps == 0);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void FinishEpoch(int epoch)
    {
        NotFinite.RequireFinite(trainer);
        Scores scores = state.Scores.Scores;
        Scores? validated = validation is null ? null : Validate(validation);
        EpochResult result = new(epoch, scores, validated, trainer.Optimizer.LearningRate, state.Seconds + watch.Elapsed.TotalSeconds);
        state.Finish(result);
        watch.Restart();
        Notify(callback => callback.OnEpochEnd(trainer, result));
        bool last = epoch == options.Epochs || trainer.Stopped;
        SaveCheckpoint(due: options.Checkpoints is { EveryEpochs: > 0 } plan && (last || epoch % plan.EveryEpochs == 0));
    }

    // The metrics keep what validation gathered, for callbacks to look at, unless it is cancelled: then the epoch goes on from a checkpoint.
    private Scores Validate(Dataset<Sample> samples)
    {
        IReadOnlyDictionary<string, double[]> trained = state.Scores.SaveMetrics();
        try
        {
            return trainer.Evaluation.Score(samples, options.Buckets, cancellationToken);
        }
        catch
        {
            state.Scores.RestoreMetrics(trained);
            throw;
        }
    }

    private void SaveCheckpoint(bool due)
    {
        if (due && options.Checkpoints is { } plan)
        {
            state.Seconds += watch.Elapsed.TotalSeconds;
            watch.Restart();
            Checkpoint.Save(plan, state);
        }
    }

    private void Notify(Action<Callback> call)
    {
        foreach (Callback callback in options.Callbacks)
        {
            call(callback);
        }
    }
}
