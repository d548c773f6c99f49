using Nabla.Ops;

namespace Nabla.Backends;

/// <summary>Computes ops on some device.</summary>
internal interface IBackend
{
    /// <summary>Computes an op at once.</summary>
    /// <param name="op">The op.</param>
    /// <param name="inputs">What it is applied to.</param>
    /// <param name="types">The types of the results, as the op inferred them.</param>
    Tensor[] Run(Op op, Tensor[] inputs, TensorType[] types);
}
