using System.Runtime.Intrinsics;

namespace Nabla.Ops.Optimizers;

/// <summary>How an optimizer changes one number of a parameter and what it remembers of it, with its vector kernel.</summary>
internal interface IUpdateRule
{
    /// <summary>The tensors that are remembered for a parameter, of its shape: from 0 to 3.</summary>
    int Slots { get; }

    /// <summary>The new value. Slots that are not used are zero and go nowhere.</summary>
    /// <param name="value">The value, decoupled weight decay taken off.</param>
    /// <param name="gradient">The gradient, with that of an L2 penalty.</param>
    /// <param name="first">The first slot; set to what is to be remembered.</param>
    /// <param name="second">The second slot.</param>
    /// <param name="third">The third slot.</param>
    /// <param name="rates">The numbers of this step.</param>
    Vector512<T> Invoke<T>(
        Vector512<T> value, Vector512<T> gradient, ref Vector512<T> first, ref Vector512<T> second, ref Vector512<T> third, in StepRates<T> rates)
        where T : unmanaged;
}

/// <summary>The numbers of a rule that change from step to step, such as the learning rate, in all lanes.</summary>
internal readonly record struct StepRates<T>(Vector512<T> First, Vector512<T> Second, Vector512<T> Third)
    where T : unmanaged;

/// <summary>Receives the rule of a step with its type, so that its loop is compiled for it.</summary>
internal interface IUpdateVisitor
{
    /// <summary>Takes a rule.</summary>
    void Visit<TRule>(TRule rule)
        where TRule : struct, IUpdateRule;
}
