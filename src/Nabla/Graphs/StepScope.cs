using Nabla.Transforms;

namespace Nabla.Graphs;

/// <summary>What is around a step that is traced, and which tensors it took from there.</summary>
/// <param name="outer">The tracer around; null when the step is traced for a run at once.</param>
/// <param name="listening">The tape around; null for none.</param>
/// <param name="given">The step's own arguments.</param>
internal sealed class StepScope(Tracer? outer, Tape? listening, IEnumerable<Value> given)
{
    private readonly HashSet<Value> own = new(given, ReferenceEqualityComparer.Instance);
    private readonly OrderedDictionary<Tensor, Argument> captured = new(ReferenceEqualityComparer.Instance);

    /// <summary>The tracer around.</summary>
    public Tracer? Outer => outer;

    /// <summary>The tensors from around and the arguments that they became.</summary>
    public OrderedDictionary<Tensor, Argument> Captured => captured;

    /// <summary>Whether a tape around follows a tensor, so that a gradient must find it.</summary>
    public bool Follows(Tensor tensor) => listening?.Follows(tensor) == true || outer?.Scope?.Follows(tensor) == true;

    /// <summary>Takes the results of a node of the step.</summary>
    public void Add(IEnumerable<Value> results) => own.UnionWith(results);

    /// <summary>The argument for a tensor from around; null for the step's own and for constants.</summary>
    public Argument? Capture(Tensor tensor)
    {
        if (tensor.Symbol is { } symbol ? own.Contains(symbol) : !Follows(tensor))
        {
            return null;
        }

        return captured.TryGetValue(tensor, out Argument? argument)
            ? argument
            : captured[tensor] = new Argument(tensor.Type, $"captured{captured.Count}");
    }
}
