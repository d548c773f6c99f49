namespace Nabla.Ops;

/// <summary>
/// One primitive of the engine: its attributes, the types of its results, and its gradient in terms of other ops, so that gradients
/// have gradients. How it is computed is the business of a backend.
/// </summary>
public abstract record Op
{
    /// <summary>The name that errors and graphs show.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The types of the results.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit the op; the message quotes their shapes.</exception>
    public abstract TensorType[] Infer(ReadOnlySpan<TensorType> inputs);

    /// <summary>What each input contributes to the gradient, given the cotangents of the results (null where nothing depends on one).</summary>
    /// <param name="inputs">What the op was applied to.</param>
    /// <param name="outputs">What came out.</param>
    /// <param name="cotangents">One for each output.</param>
    /// <param name="wanted">For each input whether its contribution is used; the others need not be computed.</param>
    /// <returns>One for each input; null where there is no gradient or none is wanted.</returns>
    public abstract Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted);

    /// <summary>Whether the op computes something else in each run of a graph although its inputs do not say so, such as random numbers from a symbolic key.</summary>
    internal virtual bool IsSymbolic => false;

    /// <summary>Whether an output may be written over an input of its type: each element of the output is computed after all reads of the same element of the input.</summary>
    internal virtual bool MayOverwrite(int input, int output) => false;

    /// <summary>
    /// The work of the op's plain form: additions, multiplications and functions of one element count one each; what only moves elements has none.
    /// Profiles set it against the speed of the machine.
    /// </summary>
    internal virtual double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 2 * MultiplyAdds(inputs, outputs);

    /// <summary>
    /// The multiply-adds of the op's plain form as layers count them: those of products, and one a number of a normalisation; what is computed of one element
    /// alone has none.
    /// </summary>
    internal virtual double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 0;

    /// <summary>Applies the op to tensors.</summary>
    public Tensor[] Apply(params Tensor[] inputs) => Execution.Run(this, inputs);

    /// <summary>Applies an op of one result.</summary>
    internal Tensor ApplyOne(params Tensor[] inputs) => Execution.Run(this, inputs)[0];

    /// <summary>An error about the inputs, beginning with the name of the op.</summary>
    private protected ArgumentException Error(string expectedAndGot) => new($"{Name} {expectedAndGot}");
}
