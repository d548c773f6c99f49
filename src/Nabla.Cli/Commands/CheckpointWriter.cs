using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>Writes a checkpoint after each epoch, so that a run that is stopped can go on.</summary>
/// <param name="path">The file.</param>
/// <param name="stopping">Keeps the best epoch; must be told of an epoch before this.</param>
/// <param name="epochs">The epochs so far.</param>
/// <param name="settings">The settings of the run.</param>
internal sealed class CheckpointWriter(string path, EarlyStopping stopping, List<EpochResult> epochs, string settings) : Callback
{
    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        epochs.Add(result);
        Checkpoint.Save(path, trainer, stopping, epochs, settings);
    }
}
