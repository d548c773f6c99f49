using Nabla.Cli.Recipes;
using Nabla.Compression;
using Nabla.Formats;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Cli.Compression;

/// <summary>Trains a saved model further on new data, with few parameters or all, and tells what came of it.</summary>
internal sealed class Adaptation(SavedModel model, TuningData data, AdaptSettings settings)
{
    private const double WeightDecay = 0;

    /// <summary>The updates, ready to be saved; null for the methods that change the weights themselves.</summary>
    public AdapterSet? Adapters { get; private set; }

    /// <summary>Trains. The model then computes with what it has learnt; <see cref="AdapterSet.Merge"/> is the caller's.</summary>
    /// <param name="callbacks">Follow training.</param>
    /// <param name="cancellationToken">Ends training.</param>
    /// <returns>The numbers that were trained.</returns>
    public long Train(IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        long trained = Prepare();
        CreateTrainer().Fit(
            data.Train,
            data.Test,
            new FitOptions { Epochs = settings.Epochs, BatchSize = settings.Batch, Seed = settings.Seed, Callbacks = callbacks },
            cancellationToken);
        return trained;
    }

    private long Prepare()
    {
        switch (settings.Method)
        {
            case AdaptSettings.Biases:
                return BitFit.Apply(model.Network);
            case AdaptSettings.Full:
                return model.Network.TrainableParameters.Sum(pair => (long)pair.Value.Type.Shape.ElementCount);
            default:
                Adapters = AdapterSet.AddLora(model.Network, settings.Lora);
                return Adapters.TrainableCount;
        }
    }

    private Trainer CreateTrainer()
    {
        Question question = Question.Of(model);
        return new Trainer(model.Network, question.CreateLoss(), new AdamW(settings.LearningRate, weightDecay: WeightDecay), question.CreateMetrics());
    }
}
