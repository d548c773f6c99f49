namespace Nabla.Transforms;

/// <summary>Differentiates functions of tensors.</summary>
public static class Gradients
{
    /// <summary>A function's value and its gradient with respect to each variable.</summary>
    /// <param name="function">Computes a scalar from the variables, which it captures.</param>
    /// <param name="variables">Floating-point tensors.</param>
    /// <returns>The value, and gradients of the variables' shapes: zeros where the value does not depend on one.</returns>
    /// <exception cref="ArgumentException">The function does not give a floating-point scalar.</exception>
    /// <example>
    /// <code>
    /// Tensor w = Tensor.Scalar(3f);
    /// (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(() => w * w, w); // 9 and 6
    /// </code>
    /// </example>
    public static (Tensor Value, Tensor[] Gradients) ValueAndGradient(Func<Tensor> function, params IReadOnlyList<Tensor> variables)
    {
        ArgumentNullException.ThrowIfNull(function);
        (Tensor value, Tape tape) = Tape.Record(variables, function);
        if (value.ElementCount != 1 || !value.DataType.IsFloating)
        {
            throw new ArgumentException($"A gradient is of one floating-point number, but the function gave {value.DataType.Label} {value.Shape}: sum or average it.");
        }

        Tensor?[] found = tape.Backward(value, Tensor.Ones(value.Shape, value.DataType), variables);
        return (value, [.. found.Select((gradient, index) => gradient ?? Tensor.Zeros(variables[index].Shape, variables[index].DataType))]);
    }

    /// <summary>The function that computes the gradient of a function of one tensor. Apply it again for second derivatives.</summary>
    public static Func<Tensor, Tensor> Gradient(Func<Tensor, Tensor> function) =>
        variable => ValueAndGradient(() => function(variable), variable).Gradients[0];
}
