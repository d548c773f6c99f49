namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>What is done to states before they are multiplied with the recurrent kernel.</summary>
internal enum StateChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are multiplied by a mask.</summary>
    Mask,

    /// <summary>They are rounded to steps of a scale.</summary>
    Round,
}
