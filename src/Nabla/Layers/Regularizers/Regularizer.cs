namespace Nabla.Layers.Regularizers;

/// <summary>A penalty on the size of a parameter, added to the loss in training.</summary>
public abstract record Regularizer
{
    /// <summary>The penalty, a scalar.</summary>
    public abstract Tensor Penalty(Tensor value);

    private protected static double Checked(double factor) => double.IsFinite(factor) && factor >= 0
        ? factor
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "A regularizer expects a finite factor of at least 0.");
}
