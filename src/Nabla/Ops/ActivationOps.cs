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
    public static Tensor Elu(this Tensor x, double alpha = 1) => x.Relu() + (((-(-x).Relu()).Exp() - 1) * alpha);

    /// <summary>The scaled <see cref="Elu"/> that keeps mean 0 and variance 1 (Klambauer et al., Self-Normalizing Neural Networks, 2017).</summary>
    public static Tensor Selu(this Tensor x) => x.Elu(SeluAlpha) * SeluScale;

    /// <summary>x * sigmoid(x) (Ramachandran et al., Searching for Activation Functions, 2017).</summary>
    public static Tensor Silu(this Tensor x) => x * x.Sigmoid();

    /// <summary>The tanh approximation of x times the normal distribution up to x (Hendrycks and Gimpel, Gaussian Error Linear Units, 2016).</summary>
    public static Tensor GeluTanh(this Tensor x) => x * 0.5 * (1 + ((x + (x * x * x * 0.044715)) * Math.Sqrt(2 / Math.PI)).Tanh());

    /// <summary>x * tanh(softplus(x)) (Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2020).</summary>
    public static Tensor Mish(this Tensor x) => x * x.Softplus().Tanh();

    /// <summary>x * clip(x + 3, 0, 6) / 6 (Howard et al., Searching for MobileNetV3, 2019).</summary>
    public static Tensor HardSwish(this Tensor x) => x * (x + 3).Clip(0, 6) / 6;
}
