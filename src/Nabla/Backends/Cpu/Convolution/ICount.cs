namespace Nabla.Backends.Cpu.Convolution;

/// <summary>A number as a type: the compiler makes a loop of its own for each.</summary>
internal interface ICount
{
    static abstract int Count { get; }
}

/// <summary>1.</summary>
internal readonly struct One : ICount
{
    public static int Count => 1;
}

/// <summary>2.</summary>
internal readonly struct Two : ICount
{
    public static int Count => 2;
}

/// <summary>3.</summary>
internal readonly struct Three : ICount
{
    public static int Count => 3;
}

/// <summary>4.</summary>
internal readonly struct Four : ICount
{
    public static int Count => 4;
}

/// <summary>5.</summary>
internal readonly struct Five : ICount
{
    public static int Count => 5;
}

/// <summary>6.</summary>
internal readonly struct Six : ICount
{
    public static int Count => 6;
}

/// <summary>7.</summary>
internal readonly struct Seven : ICount
{
    public static int Count => 7;
}

/// <summary>8.</summary>
internal readonly struct Eight : ICount
{
    public static int Count => 8;
}
