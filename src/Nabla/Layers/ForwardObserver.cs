namespace Nabla.Layers;

/// <summary>Follows a forward pass from module to module; modules within others come and go before those that hold them go.</summary>
internal abstract class ForwardObserver
{
    /// <summary>A module begins to compute.</summary>
    public virtual void Enter(Module module)
    {
    }

    /// <summary>A module has computed its output.</summary>
    public virtual void Leave(Module module, Tensor output)
    {
    }
}
