using Nabla.Ops.Recurrent;

namespace Nabla.Layers;

/// <summary>The simplest recurrent layer: <c>h' = activation(x kernel + h recurrentKernel + bias)</c> (Elman, Finding Structure in Time, 1990).</summary>
/// <param name="units">The numbers of a state.</param>
/// <param name="activation">The hyperbolic tangent or the rectifier.</param>
/// <exception cref="ArgumentException">The activation is another one.</exception>
public sealed class SimpleRnn(int units, ActivationKind activation = ActivationKind.Tanh) : RecurrentLayer(units, CellOf(activation), activation)
{
    private static RecurrentCell CellOf(ActivationKind activation) => activation switch
    {
        ActivationKind.Tanh => RecurrentCell.Tanh,
        ActivationKind.Relu => RecurrentCell.Relu,
        _ => throw new ArgumentException($"SimpleRnn expects the activation Tanh or Relu but got {activation}.", nameof(activation)),
    };
}
