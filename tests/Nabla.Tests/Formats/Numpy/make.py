"""Writes the arrays that NpyTests reads. Made with numpy 1.24.2: python3 make.py"""
import numpy as np

np.save("f4_2x3.npy", np.array([[0, 0.5, -1], [2.25, 1e30, -1e-30]], dtype="<f4"))
np.save("f8_scalar.npy", np.float64(3.5))
np.save("i4_fortran_2x3x4.npy", np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4)))
np.save("i8_5.npy", np.array([-(2**62), -1, 0, 1, 2**62], dtype="<i8"))
np.save("u1_0x3.npy", np.zeros((0, 3), dtype="u1"))
np.save("b1_2x2.npy", np.array([[True, False], [False, True]]))
np.save("f4_big_endian.npy", np.array([1.0], dtype=">f4"))
np.save("object.npy", np.array([None, "text"], dtype=object), allow_pickle=True)
with open("f4_version2.npy", "wb") as file:
    np.lib.format.write_array(file, np.array([7, 8], dtype="<f4"), version=(2, 0))
with open("f4_version3.npy", "wb") as file:
    np.lib.format.write_array(file, np.array([9], dtype="<f4"), version=(3, 0))
np.savez("stored.npz", images=np.arange(4, dtype="u1"), labels=np.array([[1, 2]], dtype="<i8"))
np.savez_compressed("packed.npz", zeros=np.zeros((100, 100), dtype="<f8"), one=np.array(1, dtype="<i4"))
np.save("f16.npy", np.array([1.0], dtype=np.longdouble))
np.save("text.npy", np.array(["text"]))
np.save("date.npy", np.array(["2020-01-01"], dtype="M8[D]"))

# Each type little-endian, big-endian and in Fortran order, beside what it is read as.
arrays = {}
for name, read_as in {"f2": "f4", "f4": "f4", "f8": "f8", "i1": "i1", "i2": "i4", "i4": "i4", "i8": "i8", "u2": "i4", "u4": "i8", "u8": "i8", "c8": "c8"}.items():
    values = np.array([[1, 2, 3], [-4, 5, 0]], dtype="f8")
    values = np.abs(values) if name[0] == "u" else values * (1 + 2j) if name[0] == "c" else values
    array = values.astype("<" + name)
    arrays[name] = array
    arrays[name + ".big"] = array.astype(">" + name)
    arrays[name + ".fortran"] = np.asfortranarray(array)
    expected = array.astype("<" + read_as)
    arrays[name + ".expected"] = expected.view("<f4").reshape(2, 3, 2) if name == "c8" else expected
np.savez_compressed("types.npz", **arrays)
