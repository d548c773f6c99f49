namespace Nabla;

/// <summary>How closely results follow the plain form of each operation.</summary>
public static class Numerics
{
    /// <summary>
    /// Whether every sum keeps the order of its plain form: no Winograd convolution, no weights folded into others. Eager and compiled runs then agree
    /// to the bit, at some cost of speed; otherwise they agree within about 1e-5 relative. Set it before anything is computed or compiled:
    /// what is compiled already keeps the passes it was compiled with. False unless the environment variable <c>NABLA_EXACT</c> is 1.
    /// </summary>
    public static bool Exact { get; set; } = Environment.GetEnvironmentVariable("NABLA_EXACT") == "1";
}
