namespace Nabla.Cli.Retraining;

/// <summary>How a model goes on learning.</summary>
/// <param name="Data">The new data.</param>
/// <param name="With">The old data that is mixed with it; null for none.</param>
/// <param name="HoldOut">What judges both models; null for a tenth of the new data.</param>
/// <param name="MinGain">How much better the new model has to be.</param>
/// <param name="Epochs">How often all samples are learnt from.</param>
/// <param name="Batch">The samples of a step.</param>
/// <param name="LearningRate">How far one step goes.</param>
/// <param name="Seed">Decides the split and the order.</param>
internal sealed record RetrainSettings(
    string Data, string? With, string? HoldOut, double MinGain, int Epochs, int Batch, double LearningRate, long Seed);
