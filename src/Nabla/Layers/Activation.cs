namespace Nabla.Layers;

/// <summary>A function applied to each element of a layer's output; softmax to each row.</summary>
public enum ActivationKind
{
    /// <summary>The output as it is.</summary>
    Linear,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>exp(x) / sum(exp(x)) over the last axis.</summary>
    Softmax,
}

/// <summary>Applies activations.</summary>
public static class Activations
{
    /// <summary>The activation of each element.</summary>
    public static Tensor Apply(this ActivationKind activation, Tensor x) => activation switch
    {
        ActivationKind.Relu => x.Relu(),
        ActivationKind.Softmax => x.Softmax(),
        _ => x,
    };
}
