using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise;

/// <summary>The angle whose tangent is x, lane by lane: too rare to be worth a kernel of its own.</summary>
internal readonly record struct Atan : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged
    {
        for (int lane = 0; lane < Vector512<T>.Count; lane++)
        {
            x = typeof(T) == typeof(float)
                ? x.AsSingle().WithElement(lane, MathF.Atan(x.AsSingle().GetElement(lane))).As<float, T>()
                : x.AsDouble().WithElement(lane, Math.Atan(x.AsDouble().GetElement(lane))).As<double, T>();
        }

        return x;
    }

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent / (1 + x.Square());
}
