namespace Nabla.Training;

/// <summary>What one epoch came to.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Train">How good the model was on the training samples, as they were met.</param>
/// <param name="Validation">How good it was on the validation samples after the epoch; null without any.</param>
/// <param name="LearningRate">The learning rate of the last step.</param>
/// <param name="Seconds">How long the epoch took, validation included.</param>
public sealed record EpochResult(int Epoch, Scores Train, Scores? Validation, double LearningRate, double Seconds);
