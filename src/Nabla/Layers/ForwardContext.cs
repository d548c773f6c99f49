namespace Nabla.Layers;

/// <summary>What a forward pass needs to know beside its input.</summary>
/// <param name="Training">Whether the model is being trained: then dropout drops and batch normalisation learns.</param>
/// <param name="Key">Where random layers take their numbers from; each folds it with its name.</param>
public sealed record ForwardContext(bool Training, RandomKey Key)
{
    /// <summary>A pass that uses the model as it is.</summary>
    public static ForwardContext Inference { get; } = new(Training: false, default);
}
