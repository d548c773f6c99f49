using Nabla.Cli.Recipes;
using Nabla.Compression;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Compression;

/// <summary>Makes the weights of a saved model smaller numbers, and tells which.</summary>
internal sealed class Quantization(SavedModel model, TuningData data, QuantizeSettings settings)
{
    private const int Batch = 64;

    /// <summary>The weights that are integers now.</summary>
    public IReadOnlyList<string> Quantized { get; private set; } = [];

    /// <summary>What stayed float.</summary>
    public IReadOnlyList<LeftLayer> Left { get; private set; } = [];

    /// <summary>The model with smaller numbers.</summary>
    /// <param name="callbacks">Follow training, where there is some.</param>
    /// <param name="cancellationToken">Ends training.</param>
    /// <exception cref="ArgumentException">The model or the data cannot be used so.</exception>
    public SavedModel Run(IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken) => settings.Method switch
    {
        QuantizeSettings.Aware => With(Train(callbacks, cancellationToken)),
        QuantizeSettings.Static => With(Quantizer.Static(model.Network, Batches(), settings.Options)),
        QuantizeSettings.Dynamic => With(Quantizer.Dynamic(model.Network, settings.Options)),
        QuantizeSettings.WeightOnly => With(Quantizer.WeightOnly(model.Network, settings.Groups)),
        QuantizeSettings.Half => model with { Floats = StoredType.Float16 },
        _ => model with { Floats = StoredType.BFloat16 },
    };

    private QuantizationResult Train(IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        QuantizationAwareNetwork aware = QuantizationAwareNetwork.Prepare(model.Network, Batches(), settings.Options);
        Question question = Question.Of(model);
        Trainer trainer = new(aware.Network, question.CreateLoss(), settings.Training.CreateOptimizer(data.Train), question.CreateMetrics());
        settings.Training.Fit(trainer, data.Train, data.Test, callbacks, cancellationToken);
        return aware.Convert();
    }

    private IEnumerable<Tensor> Batches() => data.Train.Take(settings.Samples).Batch(Batch).Epoch(0).Select(batch => batch.Inputs[0]);

    private SavedModel With(QuantizationResult result)
    {
        (Quantized, Left) = (result.Quantized, result.Left);
        return model with { Network = result.Network };
    }
}
