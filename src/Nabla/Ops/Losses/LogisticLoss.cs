using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;

namespace Nabla.Ops.Losses;

/// <summary>
/// The cross-entropy of the sigmoid of a logit with a target from 0 to 1: <c>softplus(x) - x * target</c>, written as
/// <c>max(x, 0) - x * target + log(1 + exp(-|x|))</c> so that nothing overflows and small losses keep their digits.
/// </summary>
internal readonly record struct LogisticLoss : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged =>
        Vector512.Max(x, Vector512<T>.Zero) - (x * y) + default(Softplus).Invoke(-Vector512.Abs(x));

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent * (x.Sigmoid() - y);

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => -(cotangent * x);
}
