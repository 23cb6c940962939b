def find_damage(conn): return None
