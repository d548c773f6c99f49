using Nabla.Ops.Elementwise;

namespace Nabla;

/// <summary>Functions of each element that networks use between their layers.</summary>
public static class ActivationOps
{
    private const double SeluScale = 1.0507009873554804934193349852946;
    private const double SeluAlpha = 1.6732632423543772848170429916717;

    /// <summary>max(x, 0) of each element; the gradient at 0 is 0.</summary>
    public static Tensor Relu(this Tensor x) => new Unary<Relu>(default).ApplyOne(x);

    /// <summary>1 / (1 + exp(-x)) of each element.</summary>
    public static Tensor Sigmoid(this Tensor x)
    {
        Tensor probabilities = new Unary<Sigmoid>(default).ApplyOne(x);
        probabilities.SigmoidOf = x;
        return probabilities;
    }

    /// <summary>The hyperbolic tangent of each element.</summary>
    public static Tensor Tanh(this Tensor x) => new Unary<Tanh>(default).ApplyOne(x);

    /// <summary>log(1 + exp(x)) of each element.</summary>
    public static Tensor Softplus(this Tensor x) => new Unary<Softplus>(default).ApplyOne(x);

    /// <summary>x where positive, else <paramref name="slope"/> * x.</summary>
    public static Tensor LeakyRelu(this Tensor x, double slope = 0.01) => new Unary<LeakyRelu>(new LeakyRelu(slope)).ApplyOne(x);

    /// <summary>x where positive, else alpha * (exp(x) - 1) (Clevert et al., Fast and Accurate Deep Network Learning by Exponential Linear Units, 2016).</summary>
    public static Tensor Elu(this Tensor x, double alpha = 1) => new Unary<Elu>(new Elu(alpha, 1)).ApplyOne(x);

    /// <summary>The scaled <see cref="Elu"/> that keeps mean 0 and variance 1 (Klambauer et al., Self-Normalizing Neural Networks, 2017).</summary>
    public static Tensor Selu(this Tensor x) => new Unary<Elu>(new Elu(SeluAlpha, SeluScale)).ApplyOne(x);

    /// <summary>x * sigmoid(x) (Ramachandran et al., Searching for Activation Functions, 2017).</summary>
    public static Tensor Silu(this Tensor x) => new Unary<Silu>(default).ApplyOne(x);

    /// <summary>x times the normal distribution up to x (Hendrycks and Gimpel, Gaussian Error Linear Units, 2016).</summary>
    public static Tensor Gelu(this Tensor x) => new Unary<Gelu>(default).ApplyOne(x);

    /// <summary>The tanh approximation of <see cref="Gelu"/>, from the same paper.</summary>
    public static Tensor GeluTanh(this Tensor x) => new Unary<GeluTanh>(default).ApplyOne(x);

    /// <summary>x * tanh(softplus(x)) (Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2020).</summary>
    public static Tensor Mish(this Tensor x) => new Unary<Mish>(default).ApplyOne(x);

    /// <summary>x * clip(x + 3, 0, 6) / 6 (Howard et al., Searching for MobileNetV3, 2019).</summary>
    public static Tensor HardSwish(this Tensor x) => new Unary<HardSwish>(default).ApplyOne(x);
}
