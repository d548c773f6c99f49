namespace Nabla.Layers;

/// <summary>
/// A function that stands between what a parameter holds and what layers compute with, such as the sum of a frozen weight and a learnt update. It may have
/// parameters of its own, which train and are saved beside those of the module. Put one on a parameter with <see cref="Parameter.Parametrize"/>.
/// </summary>
/// <example>
/// Weights of which only a part counts:
/// <code>
/// public sealed class Masked(Tensor mask) : Parametrization
/// {
///     public override Tensor Apply(Tensor original) => original * mask;
/// }
/// </code>
/// </example>
public abstract class Parametrization
{
    private readonly OrderedDictionary<string, Parameter> parameters = [];

    /// <summary>Its own parameters, by the names that stand behind that of the parameter it is put on.</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => parameters;

    /// <summary>The value that layers compute with.</summary>
    /// <param name="original">What the parameter holds.</param>
    /// <returns>A tensor of the same type and shape.</returns>
    public abstract Tensor Apply(Tensor original);

    /// <summary>Makes the parameters of its own, with <see cref="Register"/>; does nothing where there are none.</summary>
    /// <param name="parameter">What it is put on.</param>
    /// <exception cref="ArgumentException">It does not fit the parameter.</exception>
    protected internal virtual void Attach(Parameter parameter)
    {
    }

    /// <summary>Adds a parameter of its own, called <c>kernel_suffix</c> on a parameter <c>kernel</c>.</summary>
    /// <param name="parameter">What this is put on.</param>
    /// <param name="suffix">What stands behind the name.</param>
    /// <param name="value">Its first value.</param>
    /// <param name="trainable">Whether gradients change it; others are changed from outside, such as a mask.</param>
    /// <exception cref="ArgumentException">The module of the parameter has a part of that name.</exception>
    protected Parameter Register(Parameter parameter, string suffix, Tensor value, bool trainable = true)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameters[suffix] = parameter.RegisterBeside(suffix, value, trainable);
    }
}
