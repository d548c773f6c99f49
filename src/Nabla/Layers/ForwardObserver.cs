namespace Nabla.Layers;

/// <summary>Follows a forward pass from module to module; modules within others come and go before those that hold them go.</summary>
internal abstract class ForwardObserver
{
    /// <summary>A module begins to compute.</summary>
    public virtual void Enter(Module module)
    {
    }

    /// <summary>An attention has its queries and keys.</summary>
    /// <param name="module">The attention.</param>
    /// <param name="weights">Computes how much each query takes of each key, <c>[batch, queries, heads, keys]</c>, rows of the last axis summing to 1.</param>
    public virtual void Attend(Module module, Func<Tensor> weights)
    {
    }

    /// <summary>A module has computed its output.</summary>
    public virtual void Leave(Module module, Tensor output)
    {
    }
}
