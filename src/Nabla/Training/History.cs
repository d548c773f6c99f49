using System.Globalization;
using System.Text;

namespace Nabla.Training;

/// <summary>What one epoch came to.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">The mean loss over the training samples, as they were met.</param>
/// <param name="Accuracy">The share of training samples answered right, as they were met.</param>
/// <param name="ValidationLoss">The mean loss over the validation samples after the epoch.</param>
/// <param name="ValidationAccuracy">The share of validation samples answered right after the epoch.</param>
/// <param name="Seconds">How long the epoch took, validation included.</param>
public sealed record EpochResult(int Epoch, double Loss, double Accuracy, double ValidationLoss, double ValidationAccuracy, double Seconds);

/// <summary>The epochs of a training run.</summary>
/// <param name="Epochs">In order.</param>
public sealed record History(IReadOnlyList<EpochResult> Epochs)
{
    /// <summary>The history as CSV with a header row.</summary>
    public string ToCsv()
    {
        StringBuilder text = new("epoch,loss,accuracy,validation_loss,validation_accuracy,seconds\n");
        foreach (EpochResult epoch in Epochs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{epoch.Epoch},{epoch.Loss},{epoch.Accuracy},{epoch.ValidationLoss},{epoch.ValidationAccuracy},{epoch.Seconds:F3}\n");
        }

        return text.ToString();
    }
}
