namespace Nabla.Layers.Regularizers;

/// <summary>A penalty on the size of a parameter, added to the loss in training.</summary>
public abstract record Regularizer
{
    /// <summary>The penalty, a scalar.</summary>
    public abstract Tensor Penalty(Tensor value);
}
