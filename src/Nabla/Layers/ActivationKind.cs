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

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x where positive, else 0.01 x.</summary>
    LeakyRelu,

    /// <summary>x where positive, else exp(x) - 1.</summary>
    Elu,

    /// <summary>The scaled <see cref="Elu"/> of self-normalising networks.</summary>
    Selu,

    /// <summary>log(1 + exp(x)).</summary>
    Softplus,

    /// <summary>x sigmoid(x).</summary>
    Silu,

    /// <summary>The Gaussian error linear unit: x times the normal distribution up to x.</summary>
    Gelu,

    /// <summary>The tanh approximation of <see cref="Gelu"/>.</summary>
    GeluTanh,

    /// <summary>x tanh(softplus(x)).</summary>
    Mish,

    /// <summary>x clip(x + 3, 0, 6) / 6.</summary>
    HardSwish,
}

/// <summary>Applies activations.</summary>
public static class Activations
{
    /// <summary>The activation of each element.</summary>
    public static Tensor Apply(this ActivationKind activation, Tensor x) => activation switch
    {
        ActivationKind.Relu => x.Relu(),
        ActivationKind.Softmax => x.Softmax(),
        ActivationKind.Sigmoid => x.Sigmoid(),
        ActivationKind.Tanh => x.Tanh(),
        ActivationKind.LeakyRelu => x.LeakyRelu(),
        ActivationKind.Elu => x.Elu(),
        ActivationKind.Selu => x.Selu(),
        ActivationKind.Softplus => x.Softplus(),
        ActivationKind.Silu => x.Silu(),
        ActivationKind.Gelu => x.Gelu(),
        ActivationKind.GeluTanh => x.GeluTanh(),
        ActivationKind.Mish => x.Mish(),
        ActivationKind.HardSwish => x.HardSwish(),
        _ => x,
    };
}
