using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>The few vector operations that products need, for one element type and one vector width.</summary>
/// <remarks>Kernels are written once over this interface; the width is a type argument that the compiler resolves.</remarks>
internal interface ILanes<T, TVector>
    where T : unmanaged
    where TVector : struct
{
    /// <summary>The elements of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>The most rows of a register tile two vectors wide: its sums, two operands and one broadcast fit the registers.</summary>
    static abstract int TileRows { get; }

    static abstract TVector Zero { get; }

    static abstract unsafe TVector Load(T* source);

    static abstract unsafe void Store(T* target, TVector value);

    /// <summary>A vector that holds the one element in all lanes.</summary>
    static abstract unsafe TVector Broadcast(T* source);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>The larger of each pair; not-a-number if either is.</summary>
    static abstract TVector Max(TVector a, TVector b);
}

/// <summary>16 floats.</summary>
internal readonly unsafe struct Float512 : ILanes<float, Vector512<float>>
{
    public static int Count => 16;

    public static int TileRows => 14;

    public static Vector512<float> Zero => default;

    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    public static void Store(float* target, Vector512<float> value) => Vector512.Store(value, target);

    public static Vector512<float> Broadcast(float* source) => Vector512.Create(*source);

    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);

    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.Max(a, b);
}

/// <summary>8 doubles.</summary>
internal readonly unsafe struct Double512 : ILanes<double, Vector512<double>>
{
    public static int Count => 8;

    public static int TileRows => 14;

    public static Vector512<double> Zero => default;

    public static Vector512<double> Load(double* source) => Vector512.Load(source);

    public static void Store(double* target, Vector512<double> value) => Vector512.Store(value, target);

    public static Vector512<double> Broadcast(double* source) => Vector512.Create(*source);

    public static Vector512<double> MultiplyAdd(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Vector512.FusedMultiplyAdd(a, b, c);

    public static Vector512<double> Add(Vector512<double> a, Vector512<double> b) => a + b;

    public static Vector512<double> Subtract(Vector512<double> a, Vector512<double> b) => a - b;

    public static Vector512<double> Max(Vector512<double> a, Vector512<double> b) => Vector512.Max(a, b);
}

/// <summary>8 floats.</summary>
internal readonly unsafe struct Float256 : ILanes<float, Vector256<float>>
{
    public static int Count => 8;

    public static int TileRows => 6;

    public static Vector256<float> Zero => default;

    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    public static void Store(float* target, Vector256<float> value) => Vector256.Store(value, target);

    public static Vector256<float> Broadcast(float* source) => Vector256.Create(*source);

    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);

    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.Max(a, b);
}

/// <summary>4 doubles.</summary>
internal readonly unsafe struct Double256 : ILanes<double, Vector256<double>>
{
    public static int Count => 4;

    public static int TileRows => 6;

    public static Vector256<double> Zero => default;

    public static Vector256<double> Load(double* source) => Vector256.Load(source);

    public static void Store(double* target, Vector256<double> value) => Vector256.Store(value, target);

    public static Vector256<double> Broadcast(double* source) => Vector256.Create(*source);

    public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) => Vector256.FusedMultiplyAdd(a, b, c);

    public static Vector256<double> Add(Vector256<double> a, Vector256<double> b) => a + b;

    public static Vector256<double> Subtract(Vector256<double> a, Vector256<double> b) => a - b;

    public static Vector256<double> Max(Vector256<double> a, Vector256<double> b) => Vector256.Max(a, b);
}

/// <summary>4 floats: NEON, and any machine without wider vectors.</summary>
internal readonly unsafe struct Float128 : ILanes<float, Vector128<float>>
{
    public static int Count => 4;

    public static int TileRows => 6;

    public static Vector128<float> Zero => default;

    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    public static void Store(float* target, Vector128<float> value) => Vector128.Store(value, target);

    public static Vector128<float> Broadcast(float* source) => Vector128.Create(*source);

    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.FusedMultiplyAdd(a, b, c);

    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.Max(a, b);
}

/// <summary>2 doubles: NEON, and any machine without wider vectors.</summary>
internal readonly unsafe struct Double128 : ILanes<double, Vector128<double>>
{
    public static int Count => 2;

    public static int TileRows => 6;

    public static Vector128<double> Zero => default;

    public static Vector128<double> Load(double* source) => Vector128.Load(source);

    public static void Store(double* target, Vector128<double> value) => Vector128.Store(value, target);

    public static Vector128<double> Broadcast(double* source) => Vector128.Create(*source);

    public static Vector128<double> MultiplyAdd(Vector128<double> a, Vector128<double> b, Vector128<double> c) => Vector128.FusedMultiplyAdd(a, b, c);

    public static Vector128<double> Add(Vector128<double> a, Vector128<double> b) => a + b;

    public static Vector128<double> Subtract(Vector128<double> a, Vector128<double> b) => a - b;

    public static Vector128<double> Max(Vector128<double> a, Vector128<double> b) => Vector128.Max(a, b);
}
